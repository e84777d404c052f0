"""Prepares the demo: schema, city, first seal of the ledger; `cli.py` beside it calls it.

Serves no article; the city itself is `cardbook.demo`.
"""

from collections.abc import Callable

import click
from django.conf import settings
from django.utils import timezone

from cardbook.config.database import migrate
from cardbook.demo.city import NotADemo, build_city
from cardbook.demo.city_data import Size
from cardbook.ledger.proof import seal_events


def prepare_demo(*, say: Callable[[str], None], size: Size = Size.TOWN) -> None:
    """This function will make sure that the demo city stands, at least in the size asked for.

    :raises click.ClickException: when the database belongs to somebody else.
    """
    say("核对数据库结构")
    migrate()
    try:
        folder = settings.ENVIRONMENT.data / "demo"
        built = build_city(now=timezone.now(), folder=folder, say=say, size=size)
    except NotADemo as problem:
        raise click.ClickException(str(problem)) from problem
    if built:
        say("封存台账")
        seal_events(progress=lambda sealed: say(f"已封存 {sealed} 条"))
    say("演示城市已建好" if built else "演示城市已在，数据保留")
