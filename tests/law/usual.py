"""What is usual when an act is due, and what may be found instead: the cases `judging.py` judges.

Frozen values only. The facts are those of a careful clerk;
FINDINGS changes one thing of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from cardbook.cards.states import Subject
from cardbook.custody.places import Place
from cardbook.lib.clock import local_day
from cardbook.lifecycle import facts as f
from cardbook.lifecycle.acts import Act
from cardbook.lifecycle.cases import Case, LastEvent
from cardbook.testing import factories as make

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TODAY = local_day(NOON)
CITY, COUNTY, OFFICE, SISTER, FOREIGN = "1.", "1.2.", "1.2.3.", "1.2.5.", "1.8.9."
NUMBER = "T00000001"
HOLDER, AGENT = 1, 7
DEAD_SINCE = date(2026, 3, 1)
FEE_FEN = 2000

_SETTLED = f.OpeningSettled(claims=(1,), words="查过柜")
_HANDED_ON = f.StockHandedOn(predecessor=1, successor=2, words="批文")
_JOINED = f.CountyJoined(predecessor=1, successor=2, words="批文")
_EXPLAINED = f.DifferenceExplained(delivery=1, words="查过")
_OWN = make.hand_over_facts(NUMBER)
_SEEN = {name: getattr(_OWN, name) for name in f.CardIssued.__dataclass_fields__}
_ANSWERED = f.ProvinceAnswered(reference="SX-2026-1", answered_on=TODAY)
_LIFTED = f.ErrorLifted(correction=1, words="证件看错了")
_MISSED = f.StockMissed(words="盘点没有")
_FOUND = f.StockFound(words="夹在柜后")
_REQUEST = f.ApplicationCaptured(
    kind=f.ApplyKind.REPLACEMENT, reason=f.ApplyReason.LOST, entry=f.EntryPoint.OFFICE, bank=4,
    promised_on=date(2026, 12, 1), old_card=1, fee_fen=FEE_FEN, fee_rule="replacement_fee_fen",
)  # fmt: skip
_BANK_SAID = f.BankAnswered(source="回盘文件", answered_on=TODAY)
_REPORTED = f.LossReported(
    channel=f.RequestChannel.HOTLINE, caller=f.Signer.HOLDER, hold_until=NOON + timedelta(days=7),
    questions=("name", "born_on", "bank"), call="12333-1",
)  # fmt: skip
_FOUND_AGAIN = f.LossLifted(
    channel=f.RequestChannel.WINDOW, asked_by=f.Signer.HOLDER, card_seen=True, document_seen=True
)

FACTS: Mapping[str, object] = {
    "stock.hand_on": _HANDED_ON,
    "county.join": _JOINED,
    "opening.find_kept": _SETTLED,
    "opening.find_held": _SETTLED,
    "opening.confirm": _SETTLED,
    "opening.find_function": f.FunctionFound(social="active", claims=(1,), words="查过"),
    "delivery.register": f.DeliveryRegistered(manifest="m", receiver=1),
    "delivery.receive": f.DeliveryReceived(delivery=1, count=1, box="1", seal_intact=True),
    "delivery.note_shortage": f.ShortageRecorded(delivery=1, count=1, box="1"),
    "delivery.explain_found": _EXPLAINED,
    "delivery.explain_missing": _EXPLAINED,
    "card.sort": f.CardSorted(order="unit", box="1-1-1"),
    "card.unsort": f.CardUnsorted(words="重排"),
    "drawer.fill": f.DrawerFilled(),
    "handover.send": f.HandedDown(receiver=5),
    "handover.receive": f.HandDownAcknowledged(shipment=1, scanned=True),
    "handover.note_difference": f.HandDownDiffers(shipment=1, words="包内没有"),
    "handover.take_back": f.HandDownTakenBack(shipment=1, words="发错了窗口"),
    "card.issue": _OWN,
    "card.issue_proxy": f.CardIssuedToProxy(
        **_SEEN, agent=AGENT, mandate=1, reason=f.ProxyReason.HEALTH, relation=f.Relation.CHILD
    ),
    "card.issue_guardian": f.CardIssuedToGuardian(
        **_SEEN, guardian=AGENT, relation=f.Relation.PARENT, proof="household_book"
    ),
    "mandate.register": f.MandateRegistered(
        agent=AGENT,
        reason=f.ProxyReason.HEALTH,
        relation=f.Relation.CHILD,
        since=TODAY,
        until=TODAY,
        given_on=TODAY,
    ),
    "mandate.revoke": f.MandateRevoked(words="不再委托"),
    "bundle.hand_out": f.BundleHandedOut(
        unit=5, handlers=(7, 8), signing=f.Signing.PAPER, original_seen=True
    ),
    "card.issue_collective": f.CardIssuedCollectively(
        sheet=1, row=1, signed_on=TODAY, signer=f.Signer.HOLDER
    ),
    "bundle.note_open": f.BundleRowOpen(sheet=1, row=1, reason=f.Unclaimed.AWAY),
    "bundle.give_back": f.BundleRowReturned(sheet=1, row=1, reason=f.Unclaimed.MOVED),
    "bundle.undo": f.BundleRowUndone(event=1, words="勾错了行"),
    "card.post": f.CardPosted(parcel="EMS1"),
    "card.issue_posted": f.PostedCardReceived(
        parcel="EMS1", received_on=TODAY, signed_by=f.Signer.HOLDER
    ),
    "card.post_back": f.PostedCardBack(parcel="EMS1", words="无人签收"),
    "card.take_out": f.CardTakenOut(reason=f.VisitReason.HEALTH, planned_on=TODAY),
    "card.issue_home": f.CardIssuedAtHome(**{**_SEEN, "way": "home"}, handed_on=TODAY),
    "card.bring_back": f.CardBroughtBack(words="家中无人"),
    "issue.undo": f.IssueUndone(event=1, words="点错了人"),
    "defect.record": f.DefectRecorded(defect=f.Defect.SOILED, reader_tried=True),
    "replacement.open_free": f.FreeReplacementOpened(old_card=1, defect=f.Defect.SOILED),
    "error.record": f.ErrorRecorded(
        found=f.FoundAt.ISSUING, fields=(f.WrongField.NAME,), reported="holder"
    ),
    "error.open": f.CorrectionOpened(
        card=1, found=f.FoundAt.ISSUING, fields=(f.WrongField.NAME,), fault=f.Fault.CAPTURE
    ),
    "error.explain": f.ErrorExplained(told="holder", way="当面", words="姓名有误，收回更正"),
    "error.recheck": f.ErrorRechecked(complete=True),
    "error.enter_province": _ANSWERED,
    "error.confirm_province": _ANSWERED,
    "error.resume": f.CorrectionResumed(corrected_on=date(2026, 11, 18)),
    "replacement.open_error": f.ErrorReplacementOpened(
        old_card=1, correction=1, fault=f.Fault.CAPTURE, fee_fen=0
    ),
    "error.drop": f.CorrectionDropped(words="卡面无误"),
    "error.lift": _LIFTED,
    "error.lift_in_use": _LIFTED,
    "recalled.send_home": f.SentHome(),
    "recalled.receive_wrong": f.HomeAcknowledged(shipment=1, scanned=True),
    "recalled.receive_bad": f.HomeAcknowledged(shipment=1, scanned=True),
    "card.contact": f.HolderContacted(channel=f.Channel.CALL, result=f.ContactResult.TOLD),
    "card.ask_outlet": f.OutletWished(
        wished=9, wished_name="二号窗口", asked_by=f.Signer.HOLDER, via=f.AskedVia.HOTLINE
    ),
    "card.decline_outlet": f.OutletDeclined(words="那里没有窗口"),
    "stranded.send_back": f.SentBack(
        reason=f.Stranding.DEAD,
        proof="cremation",
        proof_number="第0001号",
        proof_on=date(2026, 10, 1),
        proof_image="ab" * 32,
    ),
    "stranded.receive_back": f.ReturnAcknowledged(shipment=1, scanned=True),
    "stranded.pass_on": f.PassedOn(),
    "stranded.put_back": f.PutBackForIssue(words="本人来领"),
    "card.cancel_returned": f.ReturnedCancelled(reason=f.Stranding.DEAD, words="死亡"),
    "destruction.send": f.GivenUpForDestruction(lot=1, row=1),
    "destruction.receive": f.DestructionAcknowledged(lot=1),
    "destruction.take_back": f.DestructionTakenBack(lot=1, words="清单多一张"),
    "destruction.carry_out": f.CardDestroyed(lot=1, method="剪碎", witness=3, place="库房"),
    "harm.report": f.HarmReported(harm="damaged", cause="water", words="漏水", report=1),
    "harm.name": f.HarmReported(harm="damaged", cause="water", words="漏水", report=1),
    "stock.miss": _MISSED,
    "stock.miss_set_aside": _MISSED,
    "stock.find": _FOUND,
    "stock.find_stopped": _FOUND,
    "stock.damage": f.StockDamaged(kind="water", words="漏水"),
    "application.capture": replace(
        _REQUEST,
        kind=f.ApplyKind.FIRST,
        reason=f.ApplyReason.FIRST,
        old_card=None,
        fee_fen=0,
        ground="insured",
        ground_source="参保登记",
    ),
    "replacement.capture": _REQUEST,
    "replacement.capture_free": replace(_REQUEST, reason=f.ApplyReason.DEFECT, fee_fen=0),
    "replacement.open_changed": f.ErrorReplacementOpened(
        old_card=1, correction=1, fault=f.Fault.HOLDER, fee_fen=FEE_FEN
    ),
    "application.correct": f.ApplicationCorrected(
        bank_id=None, fields=("phone",), words="换了号码"
    ),
    "application.confirm": f.ApplicationConfirmed(
        signer=f.Signer.HOLDER, signing=f.Signing.PAPER, digest="d"
    ),
    "application.submit": f.ApplicationSubmitted(
        bank=4, encoded_bytes=120, reason=f.ApplyReason.LOST
    ),
    "application.refuse": f.BankAnswered(
        source="回盘文件", answered_on=TODAY, code="15", words="照片不合格"
    ),
    "application.accept": _BANK_SAID,
    "application.produce": _BANK_SAID,
    "application.made": _BANK_SAID,
    "application.collect": f.ApplicationCollected(card=1),
    "application.collect_undo": f.CollectingUndone(card=1, words="点错了人"),
    "application.stop": f.ApplicationStopped(reason=f.EndReason.DEATH),
    "application.withdraw": f.ApplicationWithdrawn(words="本人不办了"),
    "fee.take": f.FeeTaken(fee_fen=FEE_FEN, receipt="S-1", way=f.PayWay.CASH),
    "fee.waive": f.FeeWaived(fee_fen=FEE_FEN, words="特困人员"),
    "fee.refund": f.FeeRefunded(fee_fen=FEE_FEN, receipt="T-1", words="制卡前撤回"),
    "fee.refuse": f.ChargeRefused(asked_fen=FEE_FEN, words="首次申领免费"),
    "temporary.stock_in": f.TemporaryCardsStocked(box="1"),
    "temporary.lend": f.TemporaryCardLent(
        person_id=HOLDER, application=1, valid_until=date(2027, 1, 19), signing=f.Signing.PAPER
    ),
    "temporary.extend": f.TemporaryCardExtended(valid_until=date(2027, 2, 19), words="制卡延期"),
    "temporary.take_back": f.TemporaryCardTakenBack(sound=True),
    "temporary.dun": f.BorrowerDunned(channel=f.Channel.CALL, result=f.DunResult.WILL_RETURN),
    "temporary.lose": f.TemporaryCardLost(words="本人遗失"),
    "temporary.excuse": f.TemporaryCardExcused(words="本人在外地遗失"),
    "temporary.void": f.TemporaryCardVoided(words="折断"),
    "social.activate": f.SocialActivated(asked_by=f.Signer.HOLDER, card_seen=True),
    "bank.direct": f.DirectedToBank(outlet=4),
    "bank.report": f.BankReported(bank="active", bank_source="示范银行", bank_as_of=NOON),
    "pin.reset": f.PinReset(terminal="一号机", result="已重置"),
    "loss.report": _REPORTED,
    "loss.renew": _REPORTED,
    "loss.tell": f.LossTold(channel=f.RequestChannel.HOTLINE, call="12333-1"),
    "loss.formal": f.LossMadeFormal(channel=f.RequestChannel.WINDOW, asked_by=f.Signer.HOLDER),
    "loss.lift": _FOUND_AGAIN,
    "loss.lift_formal": _FOUND_AGAIN,
    "holder.note_death": f.DeathNoted(
        died_on=date(2026, 11, 18), source=f.DeathSource.CERTIFICATE, reference="死证 2026-1"
    ),
    "holder.undo_death": f.DeathUndone(words="同名，本人持证到场"),
    "card.cancel": f.CancelledOnRequest(
        asker=f.Asker.HOLDER, reason=f.EndReason.WISH, plastic=f.Plastic.GOOD
    ),
    "card.cancel_unissued": f.CancelledOnRequest(
        asker=f.Asker.HOLDER, reason=f.EndReason.WISH, plastic=f.Plastic.GOOD
    ),
    "card.cancel_by_office": f.CancelledOnRequest(
        asker=f.Asker.OFFICE, reason=f.EndReason.OTHER, plastic=f.Plastic.NONE, words="清理"
    ),
    "relation.end": f.RelationEnded(
        reason=f.EndReason.TRANSFER, to_place="西安市", plastic=f.Plastic.GOOD
    ),
    "relation.end_unissued": f.RelationEnded(
        reason=f.EndReason.TRANSFER, to_place="西安市", plastic=f.Plastic.GOOD
    ),
    "relation.keep": f.RelationKept(to_place="西安市"),
    "old_card.void": f.OldCardVoided(application=1),
    "old_card.hand_in": f.OldCardHandedIn(plastic=f.Plastic.BROKEN, application=1),
    "old_card.hand_in_defective": f.OldCardHandedIn(plastic=f.Plastic.BROKEN, application=1),
    "card.freeze": f.CardFrozen(words="疑似冒用"),
    "card.unfreeze": f.CardUnfrozen(words="查明无误"),
}


_ALONG = ("stock.hand_on", "county.join")


def facts_for(code: str) -> object:
    """What is recorded; whatever goes along with an office or a county is recorded alike."""
    return FACTS[next((one for one in _ALONG if code.startswith(one)), code)]


@dataclass(frozen=True, slots=True)
class Usual:
    """How the subject stands when an act is due, where it differs from a card on the shelf."""

    place: Place = Place.STORE
    stage: str = "in_custody"
    social: str = "sealed"
    hold: str = "none"
    bank: str = "unknown"
    progress: str = "recorded"
    fee: str = "free"
    came_by: str = "delivery.receive"
    replacement: str = ""
    died_on: date | None = None


_ON_ITS_WAY = Usual(Place.TRANSIT, came_by="delivery.register")
_HANDED_DOWN = Usual(Place.TRANSIT, came_by="handover.send")
_AT_UNIT = Usual(Place.UNIT, came_by="bundle.hand_out")
_IN_POST = Usual(Place.POST, came_by="card.post")
_ON_VISIT = Usual(Place.VISIT, came_by="card.take_out")
_AT_HOME = Usual(Place.HOLDER, "issued", came_by="card.issue")
_RETURNED = Usual(Place.RETURNED, "returned", came_by="stranded.receive_back")
_WRONG = Usual(Place.ERROR, "recalled", hold="error", came_by="error.record")
_SCRAP = Usual(Place.SCRAP, "cancelled", "cancelled", came_by="card.cancel_returned")
_AT_BANK = Usual(Place.TRANSIT, "cancelled", "cancelled", came_by="destruction.send")
_LOST = Usual(Place.MISSING, "missing", came_by="stock.miss")
_IN_USE = replace(_AT_HOME, social="active")
_REPORTED_LOST = replace(_IN_USE, hold="oral_loss")
_LOST_IN_WRITING = replace(_IN_USE, hold="formal_loss")
_CAPTURED = Usual(progress="captured")
_OWED = Usual(progress="confirmed", fee="due")
_SUBMITTED = Usual(progress="submitted")
_IN_STOCK = Usual(stage="in_stock")
_LENT = Usual(stage="lent")
_BEGINS_AS = {Subject.APPLICATION: _CAPTURED, Subject.TEMPORARY_CARD: _IN_STOCK}

USUAL: Mapping[str, Usual] = {
    "stock.hand_on_unit": _AT_UNIT,
    "stock.hand_on_defects": Usual(Place.DEFECT, "recalled", came_by="defect.record"),
    "stock.hand_on_errors": _WRONG,
    "stock.hand_on_returned": _RETURNED,
    "stock.hand_on_scrap": _SCRAP,
    "opening.find_kept": Usual(Place.MISSING, "missing", came_by="opening.miss"),
    "opening.find_held": Usual(Place.MISSING, "missing", came_by="opening.miss"),
    "opening.find_function": Usual(Place.HOLDER, "issued", "unknown", came_by="opening.issue"),
    "delivery.receive": _ON_ITS_WAY,
    "delivery.note_shortage": _ON_ITS_WAY,
    "delivery.explain_found": _ON_ITS_WAY,
    "delivery.explain_missing": _ON_ITS_WAY,
    "handover.receive": _HANDED_DOWN,
    "handover.note_difference": _HANDED_DOWN,
    "handover.take_back": _HANDED_DOWN,
    "card.issue_collective": _AT_UNIT,
    "bundle.note_open": _AT_UNIT,
    "bundle.give_back": _AT_UNIT,
    "bundle.undo": Usual(Place.HOLDER, "issued", came_by="card.issue_collective"),
    "card.issue_posted": _IN_POST,
    "card.post_back": _IN_POST,
    "card.issue_home": _ON_VISIT,
    "card.bring_back": _ON_VISIT,
    "issue.undo": _AT_HOME,
    "error.enter_province": Usual(progress="rechecked"),
    "error.confirm_province": Usual(progress="entered"),
    "error.resume": Usual(progress="confirmed"),
    "error.lift": _WRONG,
    "error.lift_in_use": Usual(Place.ERROR, "recalled", "active", "error", came_by="error.record"),
    "recalled.send_home": _WRONG,
    "recalled.receive_wrong": replace(_WRONG, place=Place.TRANSIT, came_by="recalled.send_home"),
    "recalled.receive_bad": Usual(
        Place.TRANSIT, "recalled", hold="defect", came_by="recalled.send_home"
    ),
    "stranded.receive_back": Usual(Place.TRANSIT, "returned", came_by="stranded.send_back"),
    "stranded.pass_on": _RETURNED,
    "stranded.put_back": _RETURNED,
    "card.cancel_returned": _RETURNED,
    "destruction.send": _SCRAP,
    "destruction.receive": _AT_BANK,
    "destruction.take_back": _AT_BANK,
    "destruction.carry_out": Usual(
        Place.SCRAP, "cancelled", "cancelled", came_by="destruction.receive"
    ),
    "stock.miss_set_aside": Usual(Place.DEFECT, "recalled", came_by="defect.record"),
    "stock.find": _LOST,
    "stock.find_stopped": Usual(Place.MISSING, "missing", came_by="stock.miss_set_aside"),
    "application.submit": Usual(progress="confirmed"),
    "application.stop": _SUBMITTED,
    "application.refuse": _SUBMITTED,
    "application.accept": _SUBMITTED,
    "application.produce": Usual(progress="accepted"),
    "application.made": Usual(progress="in_production"),
    "application.collect": Usual(progress="produced"),
    "application.collect_undo": Usual(progress="collected"),
    "fee.take": _OWED,
    "fee.waive": _OWED,
    "fee.refund": Usual(progress="withdrawn", fee="paid"),
    "temporary.extend": _LENT,
    "temporary.take_back": _LENT,
    "temporary.dun": _LENT,
    "temporary.lose": _LENT,
    "temporary.excuse": _LENT,
    "social.activate": _AT_HOME,
    "bank.direct": _AT_HOME,
    "bank.report": _IN_USE,
    "pin.reset": _IN_USE,
    "loss.report": _IN_USE,
    "loss.renew": _REPORTED_LOST,
    "loss.tell": _REPORTED_LOST,
    "loss.formal": _IN_USE,
    "loss.lift": _REPORTED_LOST,
    "loss.lift_formal": _LOST_IN_WRITING,
    "holder.note_death": _IN_USE,
    "holder.undo_death": replace(_IN_USE, died_on=DEAD_SINCE),
    "card.cancel": _IN_USE,
    "card.cancel_by_office": _IN_USE,
    "relation.end": _IN_USE,
    "relation.keep": _IN_USE,
    "old_card.void": _LOST_IN_WRITING,
    "old_card.hand_in": replace(_IN_USE, replacement="produced"),
    "old_card.hand_in_defective": replace(_IN_USE, replacement="produced"),
    "card.freeze": _IN_USE,
    "card.unfreeze": replace(_IN_USE, social="locked"),
}


def event(act: str, *, id: int = 1) -> LastEvent:
    """The newest event of the subject."""
    return LastEvent(
        id=id, act=act, happened_at=NOON, recorded_at=NOON,
        org_name="一号窗口", actor_name="某人",
    )  # fmt: skip


def case_for(act: Act) -> Case:
    """The subject as it usually is when the act is due."""
    usual = USUAL.get(act.code, _BEGINS_AS.get(act.subject, Usual()))
    regions = {
        Subject.CARD: {
            "stage": usual.stage, "social": usual.social, "hold": usual.hold, "bank": usual.bank,
        },
        Subject.APPLICATION: {"progress": usual.progress, "fee": usual.fee},
        Subject.TEMPORARY_CARD: {"stage": usual.stage},
        Subject.CORRECTION: {"progress": usual.progress},
        Subject.MANDATE: {"standing": "registered"},
    }[act.subject]  # fmt: skip
    child = act.code == "card.issue_guardian"
    return Case(
        subject=act.subject, id=1, version=2, regions=regions, number=NUMBER, county_id=None,
        person_id=HOLDER, died_on=usual.died_on,
        born_on=date(2016, 5, 17) if child else date(1980, 5, 17),
        custodian_path=OFFICE, custodian_name="卡管中心", custodian_id=3, custodian_county_id=2,
        place=usual.place if act.subject is Subject.CARD else None, account_id=1, place_text="",
        hold_until=NOON + timedelta(days=3) if usual.hold == "oral_loss" else None,
        last=event(usual.came_by), came_by=usual.came_by, begun_by=9, at=NOON,
        replacement=usual.replacement,
        bank_path=OFFICE, fee_fen=FEE_FEN if usual.fee in ("due", "paid") else 0,
    )  # fmt: skip


# What PAPERS calls a missing paper; whatever else a row asks for is shown (factories).
MISSING: Mapping[str, frozenset[str]] = {
    "original": frozenset({"id_card_original"}),
    "copy": frozenset({"id_card_copy", "id_card_image"}),
    "signed": frozenset({"signature_paper", "signature_screen", "signature_thumb"}),
    "agent_id": frozenset({"agent_id"}),
    "mandate": frozenset({"mandate"}),
    "guardian_id": frozenset({"guardian_id"}),
    "proof": frozenset(
        {"relative_proof", "unit_proof", "household_book", "community_certificate",
         "relation_proof"}
    ),
    "unit_letter": frozenset({"unit_letter"}),
    "keeping_plan": frozenset({"keeping_plan"}),
    "sheet": frozenset({"signed_sheet", "signed_sheet_image"}),
    "post_receipt": frozenset({"post_receipt"}),
    "post_request": frozenset({"post_request"}),
    "destruction_photo": frozenset({"destruction_photo"}),
    "stranded_form": frozenset({"stranded_form"}),
    "card": frozenset({"social_card"}),
    "bank_slip": frozenset({"bank_slip"}),
    "receipt": frozenset({"fee_receipt"}),
    "death_proof": frozenset({"death_proof"}),
    "succession": frozenset({"successor_proof"}),
    "emigration": frozenset({"emigration_proof"}),
    "office_letter": frozenset({"office_letter"}),
    "transfer": frozenset({"transfer_proof"}),
    "lending_mandate": frozenset({"lending_mandate"}),
    "lifting_mandate": frozenset({"lifting_mandate"}),
    "misuse_note": frozenset({"misuse_note"}),
    "notice": frozenset(),
    "nothing": frozenset(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What is different: in the facts, in the case, in who stands beside the actor."""

    facts: Mapping[str, object] = field(default_factory=dict)
    case: Mapping[str, object] = field(default_factory=dict)
    second_elsewhere: bool = False
    witness: str = "of_the_card_body"
    beginner: bool = False
    without: str = ""
    rule: str = "replacement_accepted"


_CHILD = date(2016, 5, 17)
_NEXT_DAY_18 = date(2008, 11, 21)
_ONLY_OTHER = {"fields": (f.WrongField.OTHER,)}
_DEAD = {"died_on": DEAD_SINCE}

_CHARGED = {
    "asked_by": f.Signer.PROXY, "agent": AGENT, "mandate_signed_on": TODAY,
    "mandate_until": date(2026, 12, 20),
}  # fmt: skip
_BORROWS = {
    "received_by": f.Signer.PROXY, "agent": AGENT, "mandate_signed_on": TODAY,
    "mandate_until": date(2026, 12, 20),
}  # fmt: skip
_HEIR = {"asker": f.Asker.SUCCESSOR, "reason": f.EndReason.DEATH, "applicant": 9}
FINDINGS: Mapping[str, Finding] = {
    "original_not_seen": Finding({"original_seen": False}),
    "face_differs": Finding({"face_matches": False}),
    "does_not_read": Finding({"reads": False}),
    "other_card_scanned": Finding({"scanned": "T00000002"}),
    "nobody_signed": Finding({"signing": f.Signing.NONE}),
    "holder_is_dead": Finding(case={"died_on": DEAD_SINCE}),
    "holder_is_child": Finding(case={"born_on": _CHILD}),
    "holder_is_minor": Finding(case={"born_on": _NEXT_DAY_18}),
    "minor_lives_on_his_work": Finding({"self_supporting": True}, {"born_on": _NEXT_DAY_18}),
    "child_lives_on_his_work": Finding({"self_supporting": True}, {"born_on": _CHILD}),
    "holder_is_adult_today": Finding(case={"born_on": date(2008, 11, 20)}),
    "holder_is_adult": Finding(case={"born_on": date(1980, 5, 17)}),
    "adult_without_capacity": Finding(
        {"incapacitated": True, "relation": f.Relation.SPOUSE}, {"born_on": date(1980, 5, 17)}
    ),
    "agent_is_holder": Finding({"agent": HOLDER}),
    "reason_unnamed": Finding({"reason": f.ProxyReason.OTHER}),
    "reason_in_words": Finding({"reason": f.ProxyReason.OTHER, "words": "服刑"}),
    "signed_after_death": Finding(case={"died_on": DEAD_SINCE}),
    "died_after_signing": Finding({"signed_on": date(2026, 2, 1)}, {"died_on": DEAD_SINCE}),
    "received_after_death": Finding(case={"died_on": DEAD_SINCE}),
    "died_after_receiving": Finding({"received_on": date(2026, 2, 1)}, {"died_on": DEAD_SINCE}),
    "visit_unexplained": Finding({"reason": f.VisitReason.OTHER}),
    "visit_explained": Finding({"reason": f.VisitReason.OTHER, "words": "独居，无人陪同"}),
    "visit_was_yesterday": Finding({"planned_on": date(2026, 11, 19)}),
    "handed_after_death": Finding(case={"died_on": DEAD_SINCE}),
    "died_after_handing": Finding({"handed_on": date(2026, 2, 1)}, {"died_on": DEAD_SINCE}),
    "came_of_age_since": Finding(
        {"handed_on": date(2026, 11, 19)}, {"born_on": date(2008, 11, 20)}
    ),
    "child_signed_himself": Finding(case={"born_on": _CHILD}),
    "minor_signed_himself": Finding(case={"born_on": _NEXT_DAY_18}),
    "guardian_signed": Finding({}, {"born_on": _CHILD}),
    "guardian_unnamed": Finding({"signer": f.Signer.GUARDIAN}, {"born_on": _CHILD}),
    "door_guardian_unnamed": Finding({"signed_by": f.Signer.GUARDIAN}, {"born_on": _CHILD}),
    "proxy_unnamed": Finding({"signer": f.Signer.PROXY}),
    "proxy_named": Finding(
        {"signer": f.Signer.PROXY, "agent": AGENT, "relation": f.Relation.CHILD,
         "proof": "relative_proof"}
    ),
    "proxy_without_paper": Finding(
        {"signer": f.Signer.PROXY, "agent": AGENT, "relation": f.Relation.UNIT,
         "proof": "relative_proof"}
    ),
    "older_entry": Finding({"event": 2}),
    "no_reason": Finding({"words": " "}),
    "parcel_unnamed": Finding({"parcel": ""}),
    "defect_unnamed": Finding({"defect": f.Defect.OTHER}),
    "came_from_an_office": Finding(
        case={"place": Place.TRANSIT, "came_by": "handover.send"}
    ),
    "came_from_the_maker": Finding(
        case={"place": Place.TRANSIT, "came_by": "delivery.register"}
    ),
    "was_set_aside": Finding(
        case={
            "place": Place.MISSING, "came_by": "stock.miss_set_aside",
            "regions": {
                "stage": "missing", "social": "sealed", "hold": "none", "bank": "unknown",
            },
        }
    ),
    "on_way_to_destruction": Finding(
        case={
            "place": Place.TRANSIT, "came_by": "destruction.send",
            "regions": {"stage": "cancelled", "social": "cancelled", "hold": "none",
                        "bank": "unknown"},
        }
    ),
    "was_lost_with_a_delivery": Finding(case={"came_by": "delivery.explain_missing"}),
    "was_issued_at_the_window": Finding(case={"came_by": "card.issue"}),
    "was_issued_by_sheet": Finding(case={"came_by": "card.issue_collective"}),
    "was_found_again": Finding(case={"came_by": "stock.find_stopped"}),
    "nothing_named": Finding({"fields": ()}),
    "other_without_words": Finding(_ONLY_OTHER),
    "other_in_words": Finding({**_ONLY_OTHER, "words": "照片是别人"}),
    "no_words": Finding({"words": ""}),
    "to_nobody": Finding({"told": ""}),
    "police_yesterday": Finding({"expected_on": date(2026, 11, 19)}),
    "police_today": Finding({"expected_on": TODAY}),
    "incomplete": Finding({"complete": False}),
    "by_who_recorded": Finding(beginner=True),
    "guardian_is_holder": Finding({"guardian": HOLDER}),
    "mended_tomorrow": Finding({"corrected_on": date(2026, 11, 21)}),
    "checked_by_the_neighbour": Finding(second_elsewhere=True),
    "taken_by_its_card_body": Finding(second_elsewhere=True),
    "no_reference": Finding({"reference": " "}),
    "answered_tomorrow": Finding({"answered_on": date(2026, 11, 21)}),
    "death_unproved": Finding({"proof": ""}),
    "absence_unproved": Finding({"reason": f.Stranding.AWAY, "proof": ""}),
    "proof_without_picture": Finding({"proof_image": ""}),
    "proof_of_another_reason": Finding({"proof": "settled_abroad"}),
    "wrong_information": Finding({"reason": f.Stranding.WRONG_INFORMATION}),
    "guardian_asks": Finding({"asked_by": f.Signer.GUARDIAN}, {"born_on": _CHILD}),
    "agent_asks": Finding(_CHARGED),
    "agent_unnamed": Finding({**_CHARGED, "agent": None}),
    "mandate_ended": Finding({**_CHARGED, "mandate_until": date(2026, 11, 19)}),
    "mandate_ends_today": Finding({**_CHARGED, "mandate_until": TODAY}),
    "mandate_not_signed_yet": Finding({**_CHARGED, "mandate_signed_on": date(2026, 11, 21)}),
    "agent_is_himself": Finding({**_CHARGED, "agent": HOLDER}),
    "child_charges_him": Finding(_CHARGED, {"born_on": _CHILD}),
    "card_unseen": Finding({"card_seen": False}),
    "other_card_in_use": Finding(case={"other_card": "T00000002"}),
    "old_card_out": Finding(case={"old_card_out": "T00000002"}),
    "still_in_use": Finding(case={"replacement": ""}),
    "new_card_ordered": Finding(case={"replacement": "submitted"}),
    "never_by_rule": Finding(rule="never"),
    "bank_unnamed": Finding({"bank_source": " "}),
    "reported_tomorrow": Finding({"bank_as_of": NOON + timedelta(days=1)}),
    "bank_unnamed_there": Finding({"source": " "}),
    "another_amount": Finding({"fee_fen": FEE_FEN + 1000}),
    "nobody_verified": Finding({"questions": (), "document_seen": False}),
    "document_shown": Finding({"questions": (), "document_seen": True}),
    "proxy_on_the_telephone": Finding(
        {"asked_by": f.Signer.PROXY, "questions": ("bank", "birthday", "unit"),
         "document_seen": False}
    ),
    "proxy_at_the_window": Finding(_CHARGED),
    "proxy_charged_by_nobody": Finding({"asked_by": f.Signer.PROXY}),
    "proxy_named_for_a_paper": Finding({"asked_by": f.Signer.PROXY, "agent": AGENT}),
    "proxy_named_by_nobody": Finding({"asked_by": f.Signer.PROXY}),
    "proxy_is_himself": Finding({"asked_by": f.Signer.PROXY, "agent": HOLDER}),
    "proxy_shows_not_who_he_is": Finding(
        {"asked_by": f.Signer.PROXY, "agent": AGENT}, without="agent_id"
    ),
    "proxy_shows_no_mandate": Finding(_CHARGED, without="lifting_mandate"),
    "borrower_sends_somebody": Finding(_BORROWS),
    "borrower_sends_nobody_named": Finding({**_BORROWS, "agent": None}),
    "borrowing_charge_ended": Finding({**_BORROWS, "mandate_until": date(2026, 11, 19)}),
    "borrowing_charge_ends_today": Finding({**_BORROWS, "mandate_until": TODAY}),
    "borrowing_charge_unsigned": Finding(
        {**_BORROWS, "mandate_signed_on": date(2026, 11, 21)}
    ),
    "borrower_sends_himself": Finding({**_BORROWS, "agent": HOLDER}),
    "borrowing_charge_unseen": Finding(_BORROWS, without="lending_mandate"),
    "excused_already": Finding(case={"excused": True}),
    "for_a_month": Finding({"hold_until": NOON + timedelta(days=30)}),
    "dies_tomorrow": Finding({"died_on": date(2026, 11, 21)}),
    "died_today": Finding({"died_on": TODAY}),
    "died_before_birth": Finding({"died_on": date(1980, 5, 16)}),
    "died_newborn": Finding({"died_on": date(1980, 5, 17)}),
    "nobody_died": Finding(case={"died_on": None}),
    "heir_of_the_living": Finding(_HEIR),
    "heir_of_the_dead": Finding(_HEIR, _DEAD),
    "heir_unnamed": Finding({**_HEIR, "applicant": None}, _DEAD),
    "heir_without_proof": Finding(_HEIR, _DEAD, without="succession"),
    "heir_without_death": Finding(_HEIR, _DEAD, without="death_proof"),
    "wishes_another_to_end": Finding({"asker": f.Asker.SUCCESSOR}, _DEAD),
    "dead_of_the_living": Finding({"reason": f.EndReason.DEATH}),
    "emigrates": Finding({"reason": f.EndReason.EMIGRATION}),
    "emigrates_unproved": Finding({"reason": f.EndReason.EMIGRATION}, without="emigration"),
    "one_of_two": Finding({"reason": f.EndReason.DUPLICATE, "other_card": "T00000002"}),
    "two_unnamed": Finding({"reason": f.EndReason.DUPLICATE}),
    "office_in_his_place": Finding({"asker": f.Asker.OFFICE, "reason": f.EndReason.OTHER}),
    "office_on_a_death": Finding({"reason": f.EndReason.DEATH}, _DEAD),
    "death_unproved_here": Finding(
        {"reason": f.EndReason.DEATH}, _DEAD, without="death_proof"
    ),
    "death_unrecorded": Finding({"reason": f.EndReason.DEATH}),
    "wishes_it": Finding({"reason": f.EndReason.WISH}),
    "no_plastic": Finding({"plastic": f.Plastic.NONE}),
    "unwitnessed": Finding(witness="nobody"),
    "seen_by_the_bank": Finding(witness="of_the_bank"),
    "seen_by_a_destroyer": Finding(witness="himself"),
    "seen_by_an_auditor": Finding(witness="auditor"),
}  # fmt: skip
