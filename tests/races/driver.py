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

    from cardbook.chapters.intake.receive import manifest_job
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
        manifest_job.hand_over(file=file, work=Work.POST, by=_keeper(), at=timezone.now())
        return "asked"
    if what == "cancel":
        return runs.cancel(file)
    assert what == "shown"
    shown = runs.latest(file)
    return str(shown.state) if shown else "none"


def _upload(path: Path, work: "Work") -> int:
    from django.utils import timezone

    from cardbook.chapters.intake.receive import importer, manifest_job
    from cardbook.imports.models import Work

    keeper, now = _keeper(), timezone.now()
    receiver = importer.Organization.objects.get(pk=keeper.org_id)
    file = importer.upload(name=path.name, content=path, receiver=receiver, by=keeper, at=now)
    if work == Work.POST:
        file = importer.check(file=file, at=now)
    manifest_job.hand_over(file=file, work=work, by=keeper, at=now)
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
