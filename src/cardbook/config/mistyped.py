"""Says in Chinese what is wrong with a command line; the library beneath says it in English."""

import re
from collections.abc import Mapping

import click

# What the library says, and what is meant; the first that is found counts.
_MEANT: Mapping[str, str] = {
    r"Missing option '([^']+)'": "缺少 {0}",
    r"Missing argument '([^']+)'": "缺少 {0}",
    r"No such option:? '?(--?[^\s.']+)": "没有选项 {0}",
    r"No such command '([^']+)'": "没有命令 {0}",
    r"unexpected extra arguments? \((.+)\)": "多写了 {0}",
    r"Option '([^']+)' requires (?:an|\d+) argument": "选项 {0} 后面要写内容",
    r"(?:File|Path) '([^']+)' does not exist": "没有文件“{0}”",
    r"Directory '([^']+)' does not exist": "没有目录“{0}”",
    r"File '([^']+)' is a directory": "“{0}”是目录，不是文件",
    r"Directory '([^']+)' is a file": "“{0}”是文件，不是目录",
    r"'([^']+)' is not readable": "“{0}”不能读取，请核对权限",
    r"'([^']+)' is not writable": "“{0}”不能写入，请核对权限",
    r"'([^']*)' does not match the formats?": "“{0}”不是日期，应写成 2026-11-28 这样",
    r"'([^']*)' is not a valid integer": "“{0}”不是整数",
    r"(\S+) is not in the range (.+?)\.?$": "{0} 不在 {1} 之内",
    r"'([^']*)' is not one of (.+?)\.?$": "“{0}”不对，只能是 {1}",
}


def in_chinese(problem: click.ClickException) -> str:
    """This function will say what was mistyped, where, and how to see what can be typed.

    Our own sentences are Chinese already and stay as they are.
    """
    said = problem.format_message()
    if "\n" in said:  # the page of help, for a command that needs another word
        return said
    for pattern, words in _MEANT.items():
        if found := re.search(pattern, said):
            said = words.format(*found.groups())
            break
    said = said.rstrip("。.")
    if not isinstance(problem, click.UsageError) or problem.ctx is None:
        return f"{said}。"
    of = (
        problem.param.opts[-1] if isinstance(problem, click.BadParameter) and problem.param else ""
    )
    where = f"{of}：" if of.startswith("-") and of not in said else ""
    return f"{where}{said}。写法见 {problem.ctx.command_path} -h"
