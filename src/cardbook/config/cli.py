"""The command line `cardbook`: set-up, imports, checks, registers, the ledger, the demo city.

Exit codes: 0 done and well, 1 done and something is wrong (named), 2 not done.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Mapping

import click

from cardbook import __version__

# Command -> where it lives. Loaded when called: `cardbook stop` needs no database, `-h` no Django.
_MOUNTED: Mapping[str, str] = {
    "begin": "cardbook.chapters.duties.organizations.cli:begin",
    "account": "cardbook.chapters.duties.organizations.cli:account",
    "password": "cardbook.chapters.duties.organizations.cli:password",
    "second-factor": "cardbook.chapters.duties.organizations.cli:second_factor",
    "merge-county": "cardbook.chapters.duties.organizations.cli:merge_county",
    "import": "cardbook.config.wiring:imports",
    "export": "cardbook.config.wiring:export",
    "check": "cardbook.insight.cli:check",
    "figures": "cardbook.insight.figures.cli:figures",
    "article": "cardbook.insight.article_cli:article",
    "docs": "cardbook.insight.cli:docs",
    "ledger": "cardbook.ledger.cli:ledger",
    "backup": "cardbook.config.backup_cli:backup",
    "sandbox": "cardbook.adapters.sandbox.cli:sandbox",
    "restore-drill": "cardbook.config.backup_cli:restore_drill",
    "vault": "cardbook.config.vault.cli:vault",
}
# Commands that read tables and source alone: they start no server and ask none.
_WITHOUT_DATABASE = frozenset({"article", "docs", "sandbox"})
_NOWHERE = "postgresql://nobody@/none"
KEY_FILES = ("django.key", "index.key", "ledger.key", "vault.1.key")
_ONE_LINE: Mapping[str, str] = {
    "begin": "启用：从机构表建立机构，开立第一位系统管理员的账号。",
    "account": "开立账号并任命岗位。",
    "password": "忘记密码的，换成一次性密码。",
    "second-factor": "丢了动态口令设备的，由两名管理员取消他的两步验证。",
    "merge-county": "县区合并（卡多时；平时在“机构”页面办）。",
    "import": "导入到货明细、期初台账。",
    "export": "导出登记表（PDF、XLSX、CSV）。",
    "check": "从原始记录重新核对全部账实规则（N1–N6）。",
    "figures": "已接收、在途、在库、已发放、差异、滞留各多少，是否相平。",
    "article": "第 N 条（款）由哪些业务、页面、登记表、参数和测试落实。",
    "docs": "从业务总表生成 docs/generated，或核对是否最新。",
    "ledger": "封存、导出、核验台账。",
    "backup": "备份数据库和凭据文件（不含密钥）。",
    "sandbox": "沙箱：省系统、银行、短信平台，供测试、演示和对接（只在本机）。",
    "vault": "保险库：密文是否都打得开、更换密钥、从备份取回。",
    "restore-drill": "恢复演练：恢复到临时库，清点、核对、核验后删除。",
}


class _Mounted(click.Group):
    """Sets Django up only for commands that need it; the others answer at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The own commands and the mounted ones."""
        return sorted({*super().list_commands(ctx), *_MOUNTED})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a mounted command, with Django behind it."""
        if cmd_name not in _MOUNTED:
            return super().get_command(ctx, cmd_name)
        if cmd_name in _WITHOUT_DATABASE:
            os.environ["CARDBOOK_DATABASE_URL"] = _NOWHERE
        _set_up()
        module, _, name = _MOUNTED[cmd_name].partition(":")
        found: click.Command = getattr(importlib.import_module(module), name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without loading any of the mounted ones."""
        own = {name: command.get_short_help_str(80) for name, command in self.commands.items()}
        with formatter.section("命令"):
            formatter.write_dl(sorted({**own, **_ONE_LINE}.items()))


def _set_up() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cardbook.config.settings")
    django.setup()


@click.group(cls=_Mounted, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cardbook")
def cardbook() -> None:
    """卡簿：一座城市的社会保障卡台账。"""


@cardbook.command("migrate")
def migrate_command() -> None:
    """升级数据库结构，并按最小权限授权（以数据库所有者身份）。"""
    _set_up()
    from cardbook.config.database import migrate

    migrate(verbosity=1)
    click.echo("数据库结构已是最新。")


@cardbook.command("serve")
@click.option("--port", default=8000, show_default=True, help="端口，只在本机监听")
@click.option("--workers", default=2, show_default=True, help="进程数")
@click.option("--only-web", is_flag=True, help="不另开封存和后台任务进程（已有单独的服务）")
def serve_command(*, port: int, workers: int, only_web: bool) -> None:
    """启动网页服务。"""
    _set_up()
    from cardbook.config.serve import serve

    serve(port=port, workers=workers, only_web=only_web)


@cardbook.command("worker")
@click.option("--once", is_flag=True, help="办完排队的就结束")
@click.option("--parent", type=int, hidden=True, help="这个进程结束时也结束")
def worker_command(*, once: bool, parent: int | None) -> None:
    """办理后台任务（长文件的检查和入账）；`serve` 和 `demo` 会自己启动一个。"""
    _set_up()
    from procrastinate.exceptions import ConnectorException

    from cardbook.imports.engine import sweep_leftovers
    from cardbook.jobs.worker import work

    sweep_leftovers()
    try:
        work(until=lambda: parent is not None and os.getppid() != parent, once=once)
    except ConnectorException as problem:
        click.echo("与数据库的连接中断，后台任务停下；重新启动后自动续办。", err=True)
        raise SystemExit(2) from problem


@cardbook.command("demo")
@click.option("--serve", "then_serve", is_flag=True, help="建好后打开网页服务")
@click.option("--port", default=8000, show_default=True, help="端口，只在本机监听")
@click.option(
    "--size",
    default="town",
    show_default=True,
    type=click.Choice(["tiny", "town", "city"]),
    help="tiny 几百张卡；town 一千余张；city 全市 260 万张（约 12 GB，十几分钟）",
)
def demo_command(*, then_serve: bool, port: int, size: str) -> None:
    """建立演示城市（再次运行保留数据），并可打开网页服务。"""
    os.environ["CARDBOOK_DEMO"] = "1"
    started = time.monotonic()

    def say(sentence: str) -> None:
        click.echo(f"[演示 {time.monotonic() - started:5.1f} 秒] {sentence}", err=True)

    say("启动数据库")
    _set_up()
    from cardbook.config.demo import prepare_demo
    from cardbook.config.serve import serve
    from cardbook.demo.city_data import Size

    prepare_demo(say=say, size=Size(size))
    if then_serve:
        say(f"请在浏览器打开 http://127.0.0.1:{port} （Ctrl-C 结束网页）")
        say("结束以后数据库还在运行，再次启动接着用；要停止它，运行 cardbook stop")
        serve(port=port)


@cardbook.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，供程序读取")
def doctor_command(*, as_json: bool) -> None:
    """体检：安装哪里不对、怎样处理（版本、磁盘、密钥、数据库、封存、备份）。"""
    from cardbook.config.embedded import DatabaseUnavailable
    from cardbook.config.environment import KeysUnreadable, missing_of, read_environment

    # Settings make keys that are missing, and start the server: look before, and expect neither.
    missing = missing_of(read_environment().keys, KEY_FILES)
    try:
        _set_up()
    except (DatabaseUnavailable, KeysUnreadable) as problem:
        code, title = (
            ("keys", "密钥文件") if isinstance(problem, KeysUnreadable) else ("database", "数据库")
        )
        _say_what_stops_everything(code=code, title=title, said=str(problem), as_json=as_json)
        raise SystemExit(2) from problem
    from cardbook.config.doctor.cli import of_database, of_machine, report

    report([*of_machine(missing_keys=missing), *of_database()], as_json=as_json)


def _say_what_stops_everything(*, code: str, title: str, said: str, as_json: bool) -> None:
    """Without settings nothing else can be looked at; Django is not there to write the table."""
    if as_json:
        finding = {"code": code, "level": "wrong", "remedy": "", "said": said, "title": title}
        click.echo(json.dumps({"findings": [finding], "ok": False}, ensure_ascii=False))
    click.echo(f"✗ {title}  {said}", err=True)


@cardbook.command("stop")
def stop_command() -> None:
    """停止内置数据库（网页服务请用 Ctrl-C）。"""
    from cardbook.config import embedded
    from cardbook.config.environment import read_environment

    stopped = embedded.stop(read_environment().data)
    click.echo("数据库已停止。" if stopped else "数据库没有在运行。")


def _is_helper() -> bool:
    """Whether a helper process is only running the script it was started from once more.

    It does so under the name `__mp_main__`, before `multiprocessing.parent_process` knows of any
    parent, and has its own work (`imports/pool.py`); everywhere else the two are one module.
    """
    own = sys.modules["__main__"]
    return sys.modules.get("__mp_main__", own) is not own


def main() -> None:
    """The entry point. A server that does not start ends with a sentence, not with a trace."""
    if _is_helper():
        return
    from cardbook.config.embedded import DatabaseUnavailable
    from cardbook.config.environment import KeysUnreadable
    from cardbook.config.mistyped import in_chinese
    from cardbook.config.schema_state import SchemaOfAnotherVersion
    from cardbook.config.serve import AssetsMissing, KeysDoNotFit, PortTaken

    sentences = (
        AssetsMissing,
        DatabaseUnavailable,
        KeysDoNotFit,
        KeysUnreadable,
        PortTaken,
        SchemaOfAnotherVersion,
    )
    try:
        code = cardbook(standalone_mode=False, prog_name="cardbook")
    except click.ClickException as problem:
        click.echo(in_chinese(problem), err=True)
        raise SystemExit(2) from problem
    except click.Abort as problem:
        click.echo("\n已中断。", err=True)
        raise SystemExit(2) from problem
    except sentences as problem:
        click.echo(str(problem), err=True)
        raise SystemExit(2) from problem
    raise SystemExit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
