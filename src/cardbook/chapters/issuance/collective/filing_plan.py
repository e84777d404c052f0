"""What filing a sheet would do and what speaks against it (Art. 8 para. 3, 16); writes nothing.

`commands.py` files by it, `own_sheets.py` asks it before a unit reports its sheet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from cardbook.chapters.fetching import rows_named
from cardbook.chapters.issuance.collective.naming import COLUMNS, OTHERS, PAPER, named_in
from cardbook.chapters.issuance.collective.queries import Sums, rows_of
from cardbook.chapters.issuance.collective.signing_days import handed_on_of
from cardbook.chapters.issuance.models import Bundle, BundlePage, Result
from cardbook.custody.places import Place
from cardbook.lib.clock import LOCAL
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.facts import Signer, Unclaimed
from cardbook.lifecycle.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a filing is about to do: every row as read, and which of them are new."""

    rows: tuple[dict[str, Any], ...]
    pages: tuple[tuple[int, str], ...]

    @property
    def new(self) -> list[dict[str, Any]]:
        """Rows whose result has not been filed."""
        return [row for row in self.rows if row["result"] != row["filed"]]

    def moving(self, result: Result) -> list[dict[str, Any]]:
        """New rows of a result whose cards are still in the unit's hands."""
        return [row for row in self.new if row["result"] == result and row["there"]]

    def count(self, result: Result) -> int:
        """Rows of a result, filed or about to be."""
        return sum(row["result"] == result for row in self.rows)

    @property
    def sums(self) -> Sums:
        """The arithmetic of the whole sheet."""
        return Sums(due=len(self.rows), **{one.value: self.count(one) for one in Result})

    @property
    def fingerprint(self) -> list[tuple[object, ...]]:
        """What must not have changed between reading and filing."""
        names = ("row", "result", "filed", "signed_on", "signer", "self_supporting", "reason",
                 "words", "there", *COLUMNS)  # fmt: skip
        return [tuple(row[name] for name in names) for row in self.rows] + list(self.pages)


def plan_of(bundle: Bundle) -> Plan:
    """This function will read what there is to file of a sheet."""
    pages = BundlePage.objects.filter(bundle=bundle, filing=0).order_by("page", "id")
    return Plan(rows=tuple(rows_of(bundle.pk)), pages=tuple(pages.values_list("page", "digest")))


def filing_objections(bundle: Bundle, plan: Plan, *, on: date) -> Iterator[Refusal]:
    """This function will lock the sheet and yield why it cannot be filed as planned."""
    now = Bundle.objects.select_for_update(of=("self",)).get(pk=bundle.pk)
    if now.batch is None:
        yield Refusal(no.SHEET_NOT_OUT, {"sheet": now.number, "state": "还没有交付"})
        return
    if now.is_being_set:
        yield Refusal(no.SHEET_BEING_SET, {"sheet": now.number})
        return
    fresh = plan_of(now)
    if not fresh.new and now.filed_at is not None:
        last = now.filings.select_related("filed_by").order_by("-number")[0]
        values = {
            "sheet": now.number,
            "at": f"{last.filed_at.astimezone(LOCAL):%Y-%m-%d %H:%M}",
            "name": last.filed_by.get_full_name(),
        }
        yield Refusal(no.SHEET_FILED, values)
        return
    if fresh.fingerprint != plan.fingerprint:
        yield Refusal(no.SHEET_CHANGED, {"sheet": now.number})
        return
    if plan.sums.left:
        sums = plan.sums
        yield Refusal(no.SHEET_UNBALANCED, {
            "due": sums.due, "issued": sums.signed, "open": sums.open,
            "returned": sums.returned, "wrong": sums.wrong,
        })  # fmt: skip
    if now.filed_at is None:
        missing = sorted(set(range(1, now.pages + 1)).difference(page for page, _ in plan.pages))
        if missing:
            named = "、".join(map(str, missing[:20]))
            yield Refusal(no.SHEET_PAGES_MISSING, {"pages": now.pages, "missing": named})
    yield from _unnamed(plan)
    handed_on = handed_on_of(now, today=on)
    for row in plan.rows:
        if not row["result"] or row["result"] != row["filed"]:
            yield from _row_objections(row, handed_on=handed_on, on=on)


def _unnamed(plan: Plan) -> Iterator[Refusal]:
    """Rows signed by others of whom something is missing, all of a kind in one sentence."""
    found: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for row in plan.moving(Result.SIGNED):
        if row["signer"] in OTHERS:
            # A mandate in the register needs no paper; whether there is one, filing finds out.
            may_wait = row["signer"] == Signer.PROXY
            missing = tuple(
                one for one in named_in(row).missing if not (may_wait and one == PAPER)
            )
            if missing:
                found.setdefault((row["signer"], missing), []).append(row["row"])
    for (signer, missing), rows in found.items():
        values = {
            "rows": rows_named(rows), "signer": Signer(signer).label, "what": "、".join(missing),
        }  # fmt: skip
        yield Refusal(no.ROW_AGENT_MISSING, values)


def _row_objections(row: dict[str, Any], *, handed_on: date, on: date) -> Iterator[Refusal]:
    result, place = row["result"], Place(row["lies"])
    values: dict[str, object] = {"row": row["row"], "number": row["number"]}
    values["place"] = f"在{place.label}"
    needs_reason = result in ("", Result.OPEN, Result.RETURNED)
    vague = row["reason"] == Unclaimed.OTHER and not row["words"].strip()
    if needs_reason and (not row["reason"] or vague or not result):
        yield Refusal(no.ROW_REASON_MISSING, {"row": row["row"]}, row["card_id"])
    if result == Result.SIGNED and not handed_on <= row["signed_on"] <= on:
        yield Refusal(
            no.SIGNED_AFTER_TODAY,
            {"row": row["row"], "signed_on": row["signed_on"]},
            row["card_id"],
        )
    if result == Result.WRONG and row["hold"] != "error":
        yield Refusal(no.ROW_NOT_WRONG, values, row["card_id"])
    elif result and not row["there"] and result != _result_of_gone(row, place):
        yield Refusal(no.ROW_CARD_GONE, values, row["card_id"])


def _result_of_gone(row: dict[str, Any], place: Place) -> Result:
    """What a row counts as whose card left the unit by another act (Art. 13, 17, 20)."""
    if row["hold"] == "error":
        return Result.WRONG
    return Result.OPEN if place is Place.MISSING else Result.RETURNED
