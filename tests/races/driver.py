"""What a clerk does in a house of `house.py`: reads lines like `check FILE`, answers each.

One process for all of it, because starting Django takes longer than most of what is tested.
"""

import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cardbook.config.settings")


if TYPE_CHECKING:
    from cardbook.chapters.long_files import LongFiles
    from cardbook.imports.models import Work
    from cardbook.orgs.actors import Actor


def _keeper() -> "Actor":
    from cardbook.law.roles import Role
    from cardbook.orgs.actors import actor_in
    from cardbook.orgs.models import Post

    posts = Post.objects.filter(
        role=Role.CARD_KEEPER, organization__name="甲县卡管中心", until=None
    )
    return actor_in(posts.select_related("organization__county", "user").order_by("-id")[0])


def main() -> None:
    """Answer every line until there are no more."""
    import django

    django.setup()
    from django.db import connections

    for line in sys.stdin:
        what, _, argument = line.strip().partition(" ")
        # The server may have been shot since the last line.
        connections.close_all()
        connections["default"].close_pool()
        print(_do(what, argument), flush=True)


def _do(what: str, argument: str) -> object:
    from django.utils import timezone

    from cardbook.imports import runs
    from cardbook.imports.models import ImportFile, Work
    from cardbook.insight.check import recount
    from cardbook.testing import factories

    if what == "city":
        return factories.city() and "built"
    if what == "recount":
        found = recount()
        return "holds" if found.holds else [f.first for f in found.findings if not f.holds]
    if what in {"check", "post"}:
        return _upload(Path(argument), Work(what))
    if what in {"relieve", "appoint"}:
        return _change_posts(what)
    file = ImportFile.objects.get(pk=argument)
    if what == "post_file":
        _long(file.layout).hand_over(file=file, work=Work.POST, by=_keeper(), at=timezone.now())
        return "asked"
    if what == "resume":
        shown = runs.latest(file)
        assert shown is not None and shown.may_resume
        _long(file.layout).hand_over(file=file, work=shown.work, by=_keeper(), at=timezone.now())
        return "asked"
    if what == "cancel":
        return runs.cancel(file)
    assert what == "shown"
    shown = runs.latest(file)
    if shown is None:
        return "none"
    return f"{shown.state} resumable" if shown.may_resume else str(shown.state)


def _long(layout: str) -> "LongFiles":
    """The files of the slice whose layout it is."""
    from cardbook.chapters.intake.opening.layouts import CODE
    from cardbook.chapters.intake.opening.opening_job import BALANCES
    from cardbook.chapters.intake.receive.manifest_job import MANIFESTS

    return BALANCES if layout == CODE else MANIFESTS


def _upload(path: Path, work: "Work") -> int:
    """Upload a file; an old ledger is told by its first column."""
    from django.utils import timezone

    from cardbook.chapters.intake.opening import importer as balances
    from cardbook.chapters.intake.receive import importer as manifests
    from cardbook.imports.models import Work
    from cardbook.imports.progress import silent
    from cardbook.orgs.models import Organization

    keeper, now = _keeper(), timezone.now()
    office = Organization.objects.get(pk=keeper.org_id)
    if path.read_bytes().startswith("社保卡号".encode("gb18030")):
        file = balances.upload(
            name=path.name, content=path, source="旧台账", as_of=timezone.localdate(),
            card_body=office, by=keeper, at=now,
        )  # fmt: skip
    else:
        file = manifests.upload(name=path.name, content=path, receiver=office, by=keeper, at=now)
    long = _long(file.layout)
    if work == Work.POST:
        file = long.check(file=file, at=now, progress=silent)
    long.hand_over(file=file, work=work, by=keeper, at=now)
    return file.pk


def _change_posts(what: str) -> str:
    from django.utils import timezone

    from cardbook.law.roles import Role
    from cardbook.orgs.actors import actor_in, appoint, relieve
    from cardbook.orgs.models import Organization, Post, User

    if what == "relieve":
        auditor = Post.objects.filter(role=Role.AUDITOR).select_related("organization__county")[0]
        relieve(
            post_id=_keeper().post_id, until=timezone.localdate(), at=timezone.now(),
            by=actor_in(auditor),
        )  # fmt: skip
    else:
        user = User.objects.create_user(username=f"again{Post.objects.count()}")
        office = Organization.objects.get(name="甲县卡管中心")
        appoint(
            user=user, organization=office, role=Role.CARD_KEEPER, since=date(2020, 1, 1),
            at=timezone.now(),
        )  # fmt: skip
    return "done"


if __name__ == "__main__":
    main()
