"""The command line `cardbook`: set-up, imports, checks, registers, the ledger, the demo city.

Exit codes: 0 done and well, 1 done and something is wrong (named), 2 not done.
"""

import os

import click
import django

from cardbook import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cardbook")
def cardbook() -> None:
    """卡簿：一座城市的社会保障卡台账。"""


@cardbook.command("migrate")
def migrate_command() -> None:
    """升级数据库结构，并按最小权限授权（以数据库所有者身份）。"""
    from cardbook.config.database import migrate

    migrate(verbosity=1)
    click.echo("数据库结构已是最新。")


@cardbook.command("serve")
@click.option("--port", default=8000, show_default=True, help="端口，只在本机监听")
@click.option("--workers", default=2, show_default=True, help="进程数")
def serve_command(port: int, workers: int) -> None:
    """启动网页服务。"""
    from cardbook.config.serve import serve

    serve(port=port, workers=workers)


@cardbook.command("stop")
def stop_command() -> None:
    """停止内置数据库（网页服务请用 Ctrl-C）。"""
    from cardbook.config import embedded
    from cardbook.config.environment import read_environment

    stopped = embedded.stop(read_environment().data)
    click.echo("数据库已停止。" if stopped else "数据库没有在运行。")


def _mount() -> None:
    """Add the commands of the packages; they need Django set up."""
    from cardbook.chapters.intake.receive.cli import imports
    from cardbook.demo.cli import demo
    from cardbook.insight.cli import article, check, docs
    from cardbook.ledger.cli import ledger
    from cardbook.registers.cli import export

    for command in (imports, demo, article, check, docs, ledger, export):
        cardbook.add_command(command)


def main() -> None:
    """The entry point: set Django up, then obey.

    A server that does not start or a disk that is full ends with a sentence, not with a trace.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cardbook.config.settings")
    from cardbook.config.embedded import DatabaseUnavailable

    try:
        django.setup()
        _mount()
        cardbook()
    except DatabaseUnavailable as problem:
        click.echo(str(problem), err=True)
        raise SystemExit(2) from problem


if __name__ == "__main__":
    main()
