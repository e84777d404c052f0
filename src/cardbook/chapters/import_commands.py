"""What the commands `cardbook import …` share: who posts, what is said, how it ends (Art. 6).

A long file is a worker's business here too, where one runs: whoever closes the terminal ends
nothing. Exit codes: 0 posted, or checked and clean; 1 rows have errors (listed); 2 not done.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from django.http import HttpRequest

from cardbook.chapters.long_files import LongFiles, is_long
from cardbook.imports import engine, pool, runs
from cardbook.imports.models import ImportFile, State, Work
from cardbook.imports.progress import Phase
from cardbook.jobs.queue import PASSING, is_served
from cardbook.law.roles import Role
from cardbook.lib.causes import is_disk_full
from cardbook.lifecycle.acts import Act
from cardbook.lifecycle.pages import signer, signing_for
from cardbook.orgs.actors import Actor, NoPost, actor_for, actor_in
from cardbook.orgs.models import Organization, Post, User

MOST_SHOWN = 20
_LOOK_SECONDS = 0.5
Answer = dict[str, Any]


class NotDone(Exception):
    """A worker did not finish what the command line asked for; says why."""


class NotFound(Exception):
    """An organisation or a person the command line names is not there."""


@contextmanager
def told_what_broke() -> Iterator[None]:
    """This function will say in words when the machine failed in the middle and not the file.

    The same command goes on from there: what was posted is found by the file's bytes.

    :raises NotDone: with the remedy.
    """
    again = "请再运行一次同一条命令：已入账的会说明，没有入账的从头办，不会重复登记。"
    try:
        yield
    except PASSING as problem:
        if is_disk_full(problem):
            raise NotDone(f"磁盘空间不足，没有办成。请清理磁盘后，{again}") from problem
        if isinstance(problem, pool.HelpersDied):
            raise NotDone(f"{problem}，没有办成。{again}") from problem
        if isinstance(problem, OSError):
            raise
        raise NotDone(f"与数据库的连接中断，没有得到结果。{again}") from problem


def named_organization(text: str) -> Organization:
    """This function will find an organisation by its number, region or name.

    :raises NotFound: when there is none.
    """
    for name in ("code", "region", "name"):
        found = Organization.objects.filter(**{name: text}).order_by("id").first()
        if found is not None:
            return found
    raise NotFound(f"没有编号或名称为“{text}”的机构；请核对 --to。")


def named_actor(username: str, *, on: date) -> Actor:
    """This function will make the actor of a user name, in his first post of a day.

    :raises NotFound: when nobody has it, or he holds no post.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise NotFound(f"没有用户“{username}”；请核对 --as。")
    try:
        return actor_for(user, on=on, device="命令行")
    except NoPost as problem:
        raise NotFound(f"用户“{username}”今天没有岗位。") from problem


def keeper_of(card_body: Organization) -> Actor:
    """This function will make the actor of a card body's keeper, and say who it is.

    :raises NotFound: when it has none.
    """
    post = (
        Post.objects.filter(
            organization=card_body, role=Role.CARD_KEEPER, until=None, user__is_active=True
        )
        .select_related("organization__county", "user")
        .order_by("since", "id")
        .first()
    )
    if post is None:
        raise NotFound(f"{card_body.name}没有卡管员；请用 --as 指明经办人。")
    click.echo(f"经办人：{post.user.get_full_name()}（{card_body.name}卡管员）", err=True)
    return actor_in(post, device="命令行")


def second_at_terminal(row: Act, *, username: str, by: Actor) -> Actor:
    """This function will ask the second person for his own password, and make his actor.

    :raises Refused: when it does not fit, was wrong too often, or he holds no post today.
    """
    user = signer_at_terminal(username, asked=f"复核人 {username} 的密码")
    return signing_for(row, user=user, by=by)


def signer_at_terminal(username: str, *, asked: str) -> User:
    """This function will ask somebody for his own password on the machine's console.

    Wrong ones count towards the same lock as at the login page and in the pages' forms.

    :raises Refused: when it does not fit, is one that was given, or was wrong too often.
    """
    password = click.prompt(asked, hide_input=True, err=True)
    request = HttpRequest()  # the lock also counts by address: here this machine
    request.META["REMOTE_ADDR"] = "127.0.0.1"
    return signer(username=username, password=password, request=request)


def rows_wrong(file: ImportFile, errors_to: Path | None) -> Answer:
    """This function will list a file's errors, and write the user's own sheet where asked."""
    found = list(
        file.problems.filter(is_error=True)
        .order_by("row", "id")
        .values("row", "field", "code", "sentence", "remedy")
    )
    if errors_to is not None:
        content, name = engine.annotated_file(file)
        click.echo(_written(errors_to.with_suffix(Path(name).suffix), content), err=True)
    sentence = f"{file.rows} 行中 {file.errors} 行有错误，整份文件没有入账。"
    return {
        "result": "errors", "sentence": sentence, "rows": file.rows, "error_rows": file.errors,
        "problems": found,
    }  # fmt: skip


def _written(path: Path, content: bytes) -> str:
    """What became of the sheet; a folder that is not there takes nothing from the answer."""
    try:
        path.write_bytes(content)
    except OSError:
        return f"错误清单没有写成：{path} 不能写入，请核对目录和权限；也可以在网页上下载。"
    return f"错误清单：{path}"


def remarks(file: ImportFile) -> list[str]:
    """This function will list what a person should look at of a file without errors."""
    file.refresh_from_db()
    found = file.problems.filter(is_error=False).order_by("row", "id")
    told = [f"第 {one.row} 行 {one.field}：{one.sentence}" for one in found[:MOST_SHOWN]]
    rest = file.warnings - MOST_SHOWN
    return [*file.notes, *told, *([f"还有 {rest} 行要看，见网页上的这份文件"] if rest > 0 else [])]


class ProgressBar:
    """A bar for the rows read, and a word for what comes after, on the terminal's own channel."""

    def __init__(self, *, lines: int) -> None:
        """For a file of so many lines."""
        self._lines = max(lines, 1)
        self._phase: Phase | None = None
        self._stack = ExitStack()
        self._bar: Any = None

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *problem: object) -> None:
        self._stack.close()

    def __call__(self, phase: Phase, rows: int) -> None:
        """Show how far it has come."""
        if phase is not self._phase:
            self._begin(phase, rows)
        if phase is Phase.READING:
            self._bar.update(rows - self._bar.pos)

    def _begin(self, phase: Phase, rows: int) -> None:
        if self._phase is Phase.READING:
            self._bar.update(self._lines - self._bar.pos)
        self._stack.close()
        self._phase = phase
        if phase is Phase.READING:
            bar = click.progressbar(length=self._lines, label=phase.label, file=sys.stderr)
            self._bar = self._stack.enter_context(bar)
        else:
            click.echo(f"{phase.label} {rows} 行 …", err=True)


def by_worker(
    file: ImportFile, *, work: Work, long: LongFiles, by: Actor, at: datetime, bar: ProgressBar,
    second: Actor | None = None,
) -> bool:  # fmt: skip
    """This function will let a worker check or post a long file, and show how far it has come.

    False when the file is short or no worker runs: then it is done by whoever asks.

    :raises NotDone: when the worker found that it cannot be done.
    """
    if not is_long(file.lines) or not is_served():
        return False
    long.hand_over(file=file, work=work, by=by, second=second, at=at)
    click.echo("由后台办理；关闭终端不会中断，网页上也能看到进度。", err=True)
    while True:
        run = runs.latest(file)
        assert run is not None, "it was asked for just now"
        if not run.is_open:
            break
        if run.phase is not None:
            bar(run.phase, run.rows_done)
        time.sleep(_LOOK_SECONDS)
    if run.state is not State.DONE:
        raise NotDone(run.sentence or "办理多次中断，没有完成，台账没有任何改变；请在网页上续办。")
    file.refresh_from_db()
    return True


def say(answer: Answer, *, as_json: bool) -> None:
    """This function will print an answer, for a person or for a program."""
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    click.echo(answer["sentence"])
    problems = answer.get("problems", [])
    for problem in problems[:MOST_SHOWN]:
        where = f"第 {problem['row']} 行 {problem['field']}"
        click.echo(f"  {where}：{problem['sentence']}；{problem['remedy']}")
    if len(problems) > MOST_SHOWN:
        click.echo(f"  还有 {len(problems) - MOST_SHOWN} 处，请用 --errors 或 --json 查看全部。")
    for note in answer.get("notes", []):
        click.echo(f"  提示：{note}")
