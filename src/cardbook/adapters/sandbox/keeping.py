"""What the sandbox heard, in a file beside the banks' folders, so that a restart goes on.

Only asked for (`--keep`): whoever points it at anything but invented people keeps nothing of them.
"""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cardbook.adapters.folders import write_whole
from cardbook.adapters.sandbox.bank import Banks
from cardbook.adapters.sandbox.gateway import Gateway
from cardbook.adapters.sandbox.province import Known, Province
from cardbook.ports.standings import Standing

_PLAIN = ("owners", "applications", "asked_for", "numbers", "accounts")


class NotKept(Exception):
    """The file is no memory of a sandbox; the sentence says what to do."""


class Keeper:
    """Writes what the three know whenever it changed, and gives it back at the next start."""

    def __init__(self, path: Path, *, province: Province, gateway: Gateway, banks: Banks) -> None:
        """Keep it in `path`."""
        self.path = path
        self._province, self._gateway, self._banks = province, gateway, banks
        self._written = b""

    def give_back(self) -> bool:
        """This function will let the three know what the file says; whether there was one.

        :raises NotKept: when the file is something else.
        """
        if not self.path.exists():
            return False
        try:
            kept = json.loads(self.path.read_bytes())
            _tell_province(self._province, kept["province"])
            self._gateway.texts.update(kept["texts"])
            self._banks.put_back(kept["banks"])
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise NotKept(f"{self.path} 不是沙箱留下的，或已损坏；请删去它再启动。") from problem
        return True

    def keep(self) -> None:
        """This function will write what changed since the last time, whole or not at all."""
        known = {
            "province": _of_province(self._province),
            "texts": dict(self._gateway.texts),
            "banks": self._banks.kept(),
        }
        content = json.dumps(known, ensure_ascii=False, sort_keys=True).encode()
        if content != self._written:
            write_whole(self.path, content)
            self._written = content


def _of_province(province: Province) -> dict[str, Any]:
    with province.lock:
        people = {
            number: {
                "name": one.name, "fields": one.fields,
                "photo": base64.b64encode(one.photo).decode(),
            }
            for number, one in province.people.items()
        }  # fmt: skip
        plain = {name: dict(getattr(province, name)) for name in _PLAIN}
        return {
            **plain, "people": people, "cards": dict(province.cards),
            "financial": sorted(province.financial), "effects": dict(province.effects),
        }  # fmt: skip


def _tell_province(province: Province, kept: Mapping[str, Any]) -> None:
    for name in _PLAIN:
        getattr(province, name).update(kept[name])
    for number, one in kept["people"].items():
        photo = base64.b64decode(one["photo"])
        province.people[number] = Known(one["name"], one["fields"], photo)
    province.cards.update({card: Standing(state) for card, state in kept["cards"].items()})
    province.financial.update(kept["financial"])
    province.effects.update(kept["effects"])
