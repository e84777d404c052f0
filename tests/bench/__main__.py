"""`python -m tests.bench --size small`: builds, measures, writes docs/generated/bench.md.

Each bench runs in a process of its own, so that its peak memory is its own.
"""

import json
import os
import subprocess
import sys

import click

from tests.bench import data, report
from tests.bench.measure import Line
from tests.bench.names import BENCHES, Named

_BUSY = 1.0  # processes waiting beside ours before a run counts as shared


@click.command()
@click.option("--size", type=click.Choice(sorted(data.CARDS)), default="small", show_default=True)
@click.option("--only", default="", help="one bench by its name")
@click.option("--compare", is_flag=True, help="fail when a ratio is much worse than committed")
@click.option("--child", default="", hidden=True)
def bench(*, size: str, only: str, compare: bool, child: str) -> None:
    """Measure every bench against its floor."""
    data.settle(size)
    if child:
        _measure(child)
        return
    shared = os.getloadavg()[0] > _BUSY
    chosen = [one for one in BENCHES if one.name.startswith(only) and size in one.sizes]
    if not chosen:
        raise click.UsageError(f"没有这一项：{only}；有 {'、'.join(one.name for one in BENCHES)}")
    data.build(size)
    facts = report.machine(postgresql=_version(), cards=_cards(), shared=shared)
    worse, measured = [], set()
    for one in chosen:
        click.echo(f"[bench] {one.name} …", err=True)
        tables = report.read_tables()
        _, kept = tables.get(size, ("", {}))
        for line in _run(one, size):
            row = report.row_of(line)
            click.echo("  " + " | ".join(row))
            if compare and line.name in kept and report.slower(kept[line.name], row):
                worse.append(line.name)
            kept[line.name] = row
            measured.add(line.name)
        if one is chosen[-1] and not only:  # a whole run leaves no line of an earlier one
            kept = {name: row for name, row in kept.items() if name in measured}
        tables[size] = (facts, kept)
        if not compare:
            report.write_tables(tables)
    if worse:
        raise click.ClickException(f"比已提交的结果明显变慢：{'、'.join(worse)}")


def _run(one: Named, size: str) -> list[Line]:
    if one.copy_of is None:
        return _spawn(one, size, {})
    with data.copied(one.copy_of) as addresses:
        return _spawn(one, size, addresses)


def _spawn(one: Named, size: str, addresses: dict[str, str]) -> list[Line]:
    from django.db import connections

    for alias in connections:
        connections[alias].close()
        connections[alias].close_pool()  # type: ignore[attr-defined]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--size", size, "--child", one.name],
        env=os.environ | addresses,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        click.echo(f"  {one.name} 没有测完", err=True)
    return [
        Line(**json.loads(line[6:]))
        for line in done.stdout.splitlines()
        if line.startswith("LINE: ")
    ]


def _measure(name: str) -> None:
    import django

    django.setup()
    one = next(one for one in BENCHES if one.name == name)
    for line in one.load()():
        print(f"LINE: {line.as_json()}", flush=True)


def _version() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0]).split(" ", maxsplit=1)[0]


def _cards() -> int:
    from cardbook.cards.models import Card

    return Card.objects.count()


if __name__ == "__main__":
    bench()
