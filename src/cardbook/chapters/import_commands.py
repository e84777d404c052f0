"""What the commands `cardbook import …` share: who posts, what is said, how it ends (Art. 6).

Exit codes: 0 posted, or checked and clean; 1 rows have errors (listed); 2 not done.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import click
from django.http import HttpRequest

from cardbook.imports import engine
from cardbook.imports.models import ImportFile
from cardbook.law.roles import Role
from cardbook.lifecycle.acts import Act
from cardbook.lifecycle.pages import signer, signing_for
from cardbook.orgs.actors import Actor, NoPost, actor_for, actor_in
from cardbook.orgs.models import Organization, Post, User

MOST_SHOWN = 20
Answer = dict[str, Any]


class NotFound(Exception):
    """An organisation or a person the command line names is not there."""


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

    Wrong ones count towards the same lock as at the login page and in the pages' forms.

    :raises Refused: when it does not fit, was wrong too often, or he holds no post today.
    """
    password = click.prompt(f"复核人 {username} 的密码", hide_input=True, err=True)
    request = HttpRequest()  # the lock also counts by address: here this machine
    request.META["REMOTE_ADDR"] = "127.0.0.1"
    user = signer(username=username, password=password, request=request)
    return signing_for(row, user=user, by=by)


def rows_wrong(file: ImportFile, errors_to: Path | None) -> Answer:
    """This function will list a file's errors, and write the user's own sheet where asked."""
    found = list(
        file.problems.filter(is_error=True)
        .order_by("row", "id")
        .values("row", "field", "code", "sentence", "remedy")
    )
    if errors_to is not None:
        content, name = engine.annotated_file(file)
        written = errors_to.with_suffix(Path(name).suffix)
        written.write_bytes(content)
        click.echo(f"错误清单：{written}", err=True)
    sentence = f"{file.rows} 行中 {file.errors} 行有错误，整份文件没有入账。"
    return {
        "result": "errors", "sentence": sentence, "rows": file.rows, "error_rows": file.errors,
        "problems": found,
    }  # fmt: skip


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
