"""What a clerk does in a house of `house.py`, as a program: `driver.py check FILE` and so on."""

import os
import sys
from datetime import date
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cardbook.config.settings")


def _keeper() -> "object":
    from cardbook.law.roles import Role
    from cardbook.orgs.actors import actor_in
    from cardbook.orgs.models import Post

    posts = Post.objects.filter(
        role=Role.CARD_KEEPER, organization__name="甲县卡管中心", until=None
    )
    return actor_in(posts.select_related("organization__county", "user").get())


def main(what: str, argument: str = "") -> None:
    """Do one thing and print what it made."""
    import django

    django.setup()
    from django.utils import timezone

    from cardbook.chapters.intake.receive import importer, manifest_job
    from cardbook.imports import runs
    from cardbook.imports.models import ImportFile, Work
    from cardbook.law.roles import Role
    from cardbook.orgs.actors import actor_in, appoint, relieve
    from cardbook.orgs.models import Post, User
    from cardbook.testing import factories

    now = timezone.now()
    if what == "city":
        factories.city()
        return
    keeper = _keeper()
    if what in {"check", "post"}:
        path = Path(argument)
        receiver = importer.Organization.objects.get(pk=keeper.org_id)
        file = importer.upload(name=path.name, content=path, receiver=receiver, by=keeper, at=now)
        if what == "post":
            file = importer.check(file=file, at=now)
        manifest_job.hand_over(file=file, work=Work(what), by=keeper, at=now)
        print(file.pk)
    elif what == "post_file":
        file = ImportFile.objects.get(pk=argument)
        manifest_job.hand_over(file=file, work=Work.POST, by=keeper, at=now)
    elif what == "cancel":
        print(runs.cancel(ImportFile.objects.get(pk=argument)))
    elif what == "shown":
        shown = runs.latest(ImportFile.objects.get(pk=argument))
        print(shown.state if shown else "none")
    elif what == "relieve":
        auditor = Post.objects.filter(role=Role.AUDITOR).select_related("organization__county")[0]
        relieve(post_id=keeper.post_id, until=date.today(), at=now, by=actor_in(auditor))
    elif what == "appoint":
        user = User.objects.create_user(username=f"again{Post.objects.count()}")
        office = importer.Organization.objects.get(name="甲县卡管中心")
        appoint(
            user=user, organization=office, role=Role.CARD_KEEPER, since=date(2020, 1, 1), at=now
        )
    else:
        raise SystemExit(f"unknown: {what}")


if __name__ == "__main__":
    main(*sys.argv[1:])
