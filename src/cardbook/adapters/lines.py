"""Which adapter serves whom: `exchange.toml` in the data folder, read and checked as a whole.

Without the file everything is done by hand. Addresses and folders stand in it; what is secret is a
file under `keys/` that it names (domain.md 9.3, rule 7; docs/operate/exchange.md).
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from cardbook.adapters.bank_files import BankFolder
from cardbook.adapters.province_web import ProvinceWeb
from cardbook.adapters.sms import SmsFile, SmsHttp
from cardbook.ports.messages import Correspondent, Party

FILE = "exchange.toml"


class Mode(StrEnum):
    """How a line is served."""

    WEB = "web"
    FILE = "file"
    MANUAL = "manual"

    @property
    def label(self) -> str:
        """What an administrator calls it."""
        return {"web": "网络接口", "file": "文件交换", "manual": "人工登记"}[self]


class BadExchange(ValueError):
    """The file cannot be used; nothing leaves until it is mended."""


_ALLOWED: Mapping[Party, frozenset[Mode]] = {
    Party.PROVINCE: frozenset({Mode.WEB, Mode.MANUAL}),
    Party.BANK: frozenset({Mode.FILE, Mode.MANUAL}),
    Party.SMS: frozenset(Mode),
}
_NEEDED: Mapping[tuple[Party, Mode], tuple[str, ...]] = {
    (Party.PROVINCE, Mode.WEB): ("url", "key"),
    (Party.BANK, Mode.FILE): ("folder", "number"),
    (Party.SMS, Mode.WEB): ("url", "key"),
    (Party.SMS, Mode.FILE): ("folder", "key"),
}
_KNOWN = frozenset({"mode", "url", "key", "folder", "number", "timeout_seconds", "offices"})
_SEAL_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How one line is served; `key` names a file under `keys/`, `{code}` in `folder` the bank."""

    mode: Mode = Mode.MANUAL
    url: str = ""
    key: str = ""
    folder: str = ""
    number: str = ""
    timeout_seconds: float = 8.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """All lines: one for each party, others for single offices or banks by their code."""

    general: Mapping[Party, Line] = field(default_factory=dict)
    special: Mapping[tuple[Party, str], Line] = field(default_factory=dict)

    def line(self, party: Party, code: str) -> Line:
        """This function will say how the office or bank with that code is served."""
        line = self.special.get((party, code)) or self.general.get(party) or Line()
        return replace(line, folder=line.folder.replace("{code}", code))


def read_exchange(data: Path) -> Exchange:
    """This function will read the settings of an installation.

    :raises BadExchange: saying which line of which party is wrong and what to do.
    """
    path = data / FILE
    if not path.exists():
        return Exchange()
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise BadExchange(f"{FILE} 不是正确的 TOML：{problem}") from None
    unknown = set(given) - {str(party) for party in Party}
    if unknown:
        raise BadExchange(f"{FILE} 中的 [{min(unknown)}] 不认识，只能是 province、bank、sms")
    general: dict[Party, Line] = {}
    special: dict[tuple[Party, str], Line] = {}
    for party in Party:
        section = given.get(str(party), {})
        general[party] = _line(party, section, f"[{party}]", data)
        for code, office in section.get("offices", {}).items():
            merged = {**section, **office}
            special[party, code] = _line(party, merged, f"[{party}.offices.{code}]", data)
    return Exchange(general, special)


def _line(party: Party, given: Mapping[str, Any], where: str, data: Path) -> Line:
    unknown = set(given) - _KNOWN
    if unknown:
        raise BadExchange(f"{FILE} {where} 中的 {min(unknown)} 不认识")
    try:
        mode = Mode(given.get("mode", "manual"))
    except ValueError:
        raise BadExchange(f"{FILE} {where} 的 mode 只能是 web、file、manual") from None
    if mode not in _ALLOWED[party]:
        raise BadExchange(f"{FILE} {where}：{party.label}不能用“{mode.label}”")
    for name in _NEEDED.get((party, mode), ()):
        if not given.get(name):
            raise BadExchange(f"{FILE} {where} 缺少 {name}")
    if (
        mode is not Mode.MANUAL
        and given.get("key")
        and not (data / "keys" / given["key"]).exists()
    ):
        raise BadExchange(
            f"{FILE} {where} 的 key：没有文件 keys/{given['key']}，请放入并设为 0600"
        )
    values = {name: given[name] for name in _KNOWN - {"offices", "mode"} if name in given}
    return Line(mode=mode, **values)


def correspondent(
    party: Party, line: Line, *, data: Path, clock: Callable[[], datetime]
) -> Correspondent | None:
    """This function will make the adapter of a line; None where it is served by hand.

    :raises BadExchange: when a key file has the wrong size.
    """
    key = (data / "keys" / line.key).read_bytes() if line.key else b""
    match party, line.mode:
        case Party.PROVINCE, Mode.WEB:
            licence = key.decode().strip()
            return ProvinceWeb(url=line.url, licence=licence, timeout_seconds=line.timeout_seconds)
        case Party.BANK, Mode.FILE:
            return BankFolder(folder=data / line.folder, bank_number=line.number, clock=clock)
        case Party.SMS, Mode.WEB:
            secret = key.decode().strip()
            return SmsHttp(url=line.url, key=secret, timeout_seconds=line.timeout_seconds)
        case Party.SMS, Mode.FILE:
            if len(key) != _SEAL_BYTES:
                raise BadExchange(f"keys/{line.key} 应为 {_SEAL_BYTES} 字节，现为 {len(key)} 字节")
            return SmsFile(folder=data / line.folder, key=key)
        case _:
            return None
