"""`cardbook sandbox`: the other side on this machine, for tests, demos and whoever integrates.

Writes nothing but the bank's answers and, where `--keep` asks for it, what it heard; stops with
Ctrl-C. It never listens beyond loopback.
"""

import signal
import threading
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import click

from cardbook.adapters.lines import FILE
from cardbook.adapters.sandbox.bank import Banks
from cardbook.adapters.sandbox.faults import Fault, Faults
from cardbook.adapters.sandbox.gateway import Gateway
from cardbook.adapters.sandbox.keeping import Keeper, NotKept
from cardbook.adapters.sandbox.province import Province
from cardbook.lib.clock import LOCAL

LICENCE = "SANDBOX-LICENCE"
_FOLDER = "exchange/banks"
_KEPT = "exchange/sandbox.json"
_KEEP_SECONDS = 1.0
_FAULTS = "、".join(f"{fault.value}（{fault.label}）" for fault in Fault)


def _rates(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[Fault, float]:
    rates: dict[Fault, float] = {}
    for text in given:
        name, _equals, chance = text.partition("=")
        try:
            rates[Fault(name)] = min(max(float(chance), 0.0), 1.0)  # type: ignore[call-arg]
        except ValueError:
            raise click.BadParameter(f"“{text}”应写作 故障=概率，故障有：{_FAULTS}") from None
    return rates


@click.command("sandbox", help=f"启动沙箱：省系统、银行、短信平台（只在本机）。故障：{_FAULTS}")
@click.option("--province-port", default=8811, show_default=True, help="省系统端口")
@click.option("--sms-port", default=8812, show_default=True, help="短信平台端口")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("var"),
    show_default=True,
    envvar="CARDBOOK_DATA",
    help="卡簿数据目录，银行文件夹放在其中",
)
@click.option(
    "--fault", "rates", multiple=True, callback=_rates, help="如 time_out=0.05，可写多次"
)
@click.option("--seed", default=1, show_default=True, help="同一数字，同一串故障")
@click.option("--keep", is_flag=True, help="停了再启动，接着上次的；不写则只在内存里，停了就忘")
@click.option("--configure", is_flag=True, help=f"在数据目录写好 {FILE} 和钥匙，卡簿即接沙箱")
def sandbox(
    *,
    province_port: int,
    sms_port: int,
    data: Path,
    rates: dict[Fault, float],
    seed: int,
    keep: bool,
    configure: bool,
) -> None:
    """Serve until interrupted."""
    if configure:
        write_settings(data, province_port=province_port, sms_port=sms_port)
    faults = Faults(rates=rates, seed=seed)
    with ExitStack() as stack:
        province = Province(licence=LICENCE, faults=faults)
        gateway = Gateway(faults=faults)
        banks = Banks(
            data / _FOLDER, faults=faults, clock=lambda: datetime.now(tz=LOCAL),
            numbers=province.numbers.get,
        )  # fmt: skip
        keeper = _keeper(data, province, gateway, banks) if keep else None
        desk = stack.enter_context(province.server(province_port))
        texts = stack.enter_context(gateway.server(sms_port))
        threading.Thread(target=banks.run, daemon=True).start()
        stack.callback(banks.stop)
        click.echo(f"省系统   {desk.url}（授权码 {LICENCE}；打开看已办多少）")
        click.echo(f"短信平台 {texts.url}")
        click.echo(f"银行     {data / _FOLDER}（每家银行一个文件夹：out 取件，in 回盘）")
        if keeper is None:
            click.echo("只在内存里记，停了就忘：已送到的，重启后的沙箱不认得。要接着用，加 --keep")
        click.echo("Ctrl-C 结束")
        _until_stopped(keeper)
        click.echo(f"省系统办了 {province.effects.total()} 件，短信 {len(gateway.texts)} 条")


def _until_stopped(keeper: Keeper | None) -> None:
    """Wait for Ctrl-C, writing down what changed every second and once more at the end."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    over = False
    while not over:
        over = stop.wait(_KEEP_SECONDS)
        if keeper is not None:
            keeper.keep()


def _keeper(data: Path, province: Province, gateway: Gateway, banks: Banks) -> Keeper:
    """Who keeps what the three hear, with what they heard before."""
    keeper = Keeper(data / _KEPT, province=province, gateway=gateway, banks=banks)
    try:
        known = keeper.give_back()
    except NotKept as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(f"{'接着' if known else '记在'} {keeper.path}{'，从头来的删去它' if known else ''}")
    return keeper


def write_settings(data: Path, *, province_port: int, sms_port: int) -> None:
    """This function will let an installation speak to the sandbox; never over other settings.

    :raises click.ClickException: when the installation has settings already.
    """
    path = data / FILE
    text = _SETTINGS.format(province=province_port, sms=sms_port, folder=_FOLDER)
    if path.exists() and path.read_text(encoding="utf-8") != text:
        raise click.ClickException(f"{path} 已有别的设置，沙箱不覆盖；请另选数据目录")
    keys = data / "keys"
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("sandbox.licence", "sandbox.sms"):
        (keys / name).touch(mode=0o600)
        (keys / name).write_text(LICENCE, encoding="utf-8")
    path.write_text(text, encoding="utf-8")


_SETTINGS = """# 接沙箱的设置，由 cardbook sandbox --configure 写成；不要用于正式环境。
[province]
mode = "web"
url = "http://127.0.0.1:{province}/"
key = "sandbox.licence"

[bank]
mode = "file"
folder = "{folder}/{{code}}"
number = "105"

[sms]
mode = "web"
url = "http://127.0.0.1:{sms}/"
key = "sandbox.sms"
"""
