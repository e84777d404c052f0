"""Kinds of proof the articles demand, and what may stand in their place (Art. 6, 8 to 11, 16, 17).

Since 2023 offices may not ask for more than the law names (社会保险经办条例 art. 31), so each
group of a rule lists all that is good enough; `lifecycle/judge.py` asks for one of every group.
"""

from dataclasses import dataclass

from cardbook.law.articles import Basis, art


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperKind:
    """One kind of paper. `code` is stored with every paper: never rename one.

    Of an `is_image` kind the picture itself is kept; saying that it was shown is not enough.
    """

    code: str
    title: str
    basis: Basis
    assumed: str = ""
    is_image: bool = False


@dataclass(frozen=True, slots=True)
class PaperRule:
    """All groups must be met; within a group any one kind will do, the usual one first."""

    groups: tuple[tuple[PaperKind, ...], ...]

    def __post_init__(self) -> None:
        """Refuse a rule that nothing can meet.

        :raises ValueError: when there is no group, or a group is empty.
        """
        if not self.groups or not all(self.groups):
            raise ValueError("a paper rule needs groups, and every group a kind")

    @property
    def kinds(self) -> tuple[PaperKind, ...]:
        """Every kind the rule mentions, once, in order."""
        return tuple(dict.fromkeys(kind for group in self.groups for kind in group))

    @property
    def usual(self) -> tuple[PaperKind, ...]:
        """One kind of every group: the first that needs no picture, as offices mostly do it."""
        return tuple(
            next((kind for kind in group if not kind.is_image), group[0]) for group in self.groups
        )

    def missing(self, shown: frozenset[str] | set[str]) -> tuple[tuple[PaperKind, ...], ...]:
        """This function will list the groups that none of the codes `shown` meets."""
        return tuple(
            group for group in self.groups if not any(kind.code in shown for kind in group)
        )


@dataclass(frozen=True, slots=True)
class PapersWhen:
    """What is asked besides when the fact named `field` has one of the `values`; `words` say when.

    Values are compared as text: `True` is "True", a relation is its code.
    """

    field: str
    values: frozenset[str]
    rule: PaperRule
    words: str

    def applies(self, facts: object) -> bool:
        """This function will say whether what was given for an act calls for these papers."""
        return str(getattr(facts, self.field, "")) in self.values


KINDS: dict[str, PaperKind] = {}


def _kind(
    code: str, title: str, basis: Basis, assumed: str = "", *, is_image: bool = False
) -> PaperKind:
    if code in KINDS:
        raise ValueError(f"two kinds of paper named {code}")
    KINDS[code] = PaperKind(
        code=code, title=title, basis=basis, assumed=assumed, is_image=is_image
    )
    return KINDS[code]


def paper_kind(code: str) -> PaperKind:
    """This function will return a kind of paper.

    :raises KeyError: when there is no such kind.
    """
    return KINDS[code]


def any_of(*kinds: PaperKind) -> tuple[PaperKind, ...]:
    """One group: any of these papers will do."""
    return kinds


def all_of(*groups: tuple[PaperKind, ...] | PaperKind) -> PaperRule:
    """A rule: one paper of every group; a lone kind is a group of its own."""
    return PaperRule(
        tuple((group,) if isinstance(group, PaperKind) else group for group in groups)
    )


# Who the holder is
ID_CARD_ORIGINAL = _kind("id_card_original", "本人有效身份证件原件", art(8, 4))
ID_CARD_COPY = _kind("id_card_copy", "身份证件复印件", art(8, 4))
ID_CARD_IMAGE = _kind(
    "id_card_image",
    "身份证件影像",
    art(8, 4),
    "电子采集的证件影像视同复印件（社会保险经办条例第三十一条，不另行索取证明）",
    is_image=True,
)
HOUSEHOLD_BOOK = _kind("household_book", "户口簿", art(11))
COMMUNITY_CERTIFICATE = _kind("community_certificate", "社区（村）证明", art(11))
RELATION_PROOF = _kind("relation_proof", "其他有效关系证明", art(11))
INCAPACITY_RULING = _kind(
    "incapacity_ruling",
    "认定无（限制）民事行为能力的判决书",
    art(11),
    "成年人的监护细则没有规定，按民法典第二十四条、第二十八条办理",
)
DISABILITY_CARD = _kind(
    "disability_card",
    "精神、智力残疾人证",
    art(11),
    "没有判决书的，以残疾人证代替（社会保险经办条例第三十一条，不另行索取证明）",
)

# Who acts for him
GUARDIAN_ID = _kind("guardian_id", "监护人有效身份证件", art(11))
AGENT_ID = _kind("agent_id", "代领人有效身份证件", art(10))
MANDATE = _kind("mandate", "委托书", art(10))
RELATIVE_PROOF = _kind("relative_proof", "直系亲属出具的证明", art(10))
UNIT_PROOF = _kind("unit_proof", "原单位出具的证明", art(10))
UNIT_LETTER = _kind("unit_letter", "单位介绍信", art(8, 3), "细则要求核对领卡人身份，凭单位介绍信")
COLLECTOR_PHOTO = _kind(
    "collector_photo",
    "领卡人照片",
    art(8, 3),
    "细则只要求核对领卡人身份；领卡时是否必须留照片待确认",
    is_image=True,
)
KEEPING_PLAN = _kind("keeping_plan", "安全保管措施", art(20))

# What shows who he is or what happened, in daily use
SOCIAL_CARD = _kind("social_card", "社保卡原件", art(22))
ACTIVATION_MANDATE = _kind(
    "activation_mandate",
    "写明“激活”的委托书",
    art(22),
    "细则只说持卡人；委托他人的按民法典第一百六十五条",
)
LENDING_MANDATE = _kind(
    "lending_mandate",
    "写明“领取临时卡”的委托书",
    art(27),
    "细则只说持卡人；委托他人的按民法典第一百六十五条",
)
LIFTING_MANDATE = _kind(
    "lifting_mandate",
    "写明“解除挂失”的委托书",
    art(28),
    "细则只说持卡人；委托他人的按民法典第一百六十五条",
)
DEATH_PROOF = _kind("death_proof", "死亡证明或户籍注销证明", art(29))
SUCCESSOR_PROOF = _kind("successor_proof", "权益继承人身份及关系证明", art(29))
EMIGRATION_PROOF = _kind(
    "emigration_proof", "出国（境）定居或户籍注销证明", art(29), "细则未列名；定居的凭证明注销"
)
OFFICE_LETTER = _kind(
    "office_letter", "统一办理的函件或名单", art(29), "细则未列名；机构统一办理凭函件、名单"
)
TRANSFER_PROOF = _kind("transfer_proof", "社会保障关系转移、解除凭据", art(30))
BANK_SLIP = _kind("bank_slip", "银行业务回执", art(22), "银行没有接口时，凭回执登记")
FEE_RECEIPT = _kind("fee_receipt", "工本费票据", art(26))
HOLDER_PHOTO = _kind(
    "holder_photo", "持卡人照片", art(25), "细则只说信息采集；照片是制卡信息的一项", is_image=True
)
MISUSE_NOTE = _kind("misuse_note", "冒用、盗用线索登记", art(31))

# That he signed
SIGNATURE_SCREEN = _kind(
    "signature_screen", "屏幕签字", art(8, 4), "电子签字视同签字", is_image=True
)
SIGNATURE_PAPER = _kind("signature_paper", "纸质登记表签字", art(8, 4))
SIGNATURE_THUMB = _kind(
    "signature_thumb", "按手印（见证人签字）", art(8, 4), "不能书写的持卡人按手印，由见证人签字"
)

# What the offices write
MANIFEST = _kind("manifest", "到货明细文件", art(6))
HANDOVER_LIST = _kind("handover_list", "领卡手续单", art(6))
COUNT_SHEET = _kind("count_sheet", "入库清点单", art(6))
DIFFERENCE_NOTE = _kind("difference_note", "差异说明", art(6))
SEAL_PHOTO = _kind("seal_photo", "封签照片", art(6), is_image=True)
SIGNED_SHEET = _kind("signed_sheet", "发放签字明细表（纸质存档）", art(8, 3))
SIGNED_SHEET_IMAGE = _kind("signed_sheet_image", "发放签字明细表影像", art(8, 3), is_image=True)
POST_REQUEST = _kind("post_request", "本人邮寄申请", art(7), "细则未规定邮寄；凭本人申请寄出")
POST_RECEIPT = _kind("post_receipt", "邮政签收回执", art(7), "细则未规定邮寄；凭签收回执登记")
DEFECT_PHOTO = _kind("defect_photo", "卡面质量问题照片", art(9), is_image=True)
DEFECT_REPORT = _kind("defect_report", "质量问题鉴定单", art(9))
STRANDED_FORM = _kind("stranded_form", "滞留原因统计表", art(17))

# What shows that a holder will not come (Art. 17); the regulation names the reasons, no papers.
_UNNAMED = "细则未列证明的种类，由哪些证明为准待确认"
DEATH_CERTIFICATE = _kind("death_certificate", "死亡证明", art(17), _UNNAMED, is_image=True)
CREMATION = _kind("cremation", "火化证明", art(17), _UNNAMED, is_image=True)
HOUSEHOLD_CANCELLED = _kind(
    "household_cancelled", "户籍注销证明", art(17), _UNNAMED, is_image=True
)
DEATH_RULING = _kind("death_ruling", "宣告死亡判决书", art(17), _UNNAMED, is_image=True)
MISSING_RULING = _kind("missing_ruling", "宣告失踪判决书", art(17), _UNNAMED, is_image=True)
SETTLED_ABROAD = _kind("settled_abroad", "国（境）外定居证明", art(17), _UNNAMED, is_image=True)
# By the reason's code, the usual one first.
STRANDING_PROOFS: dict[str, tuple[PaperKind, ...]] = {
    "dead": (DEATH_CERTIFICATE, CREMATION, HOUSEHOLD_CANCELLED, DEATH_RULING),
    "missing_person": (MISSING_RULING,),
    "abroad": (SETTLED_ABROAD, HOUSEHOLD_CANCELLED),
    "deregistered": (HOUSEHOLD_CANCELLED,),
}
DESTRUCTION_PHOTO = _kind(
    "destruction_photo", "销毁现场照片", art(19), "细则未规定销毁凭据；须拍照，张数待确认",
    is_image=True,
)  # fmt: skip

KEEPING_PHOTO = _kind(
    "keeping_photo", "保管检查照片", art(20), "细则未要求拍照；检查须有照片为证", is_image=True
)
INCIDENT_PHOTO = _kind(
    "incident_photo", "事故现场照片", art(20), "细则未要求拍照；损坏的卡拍照留存", is_image=True
)

_COPY = any_of(ID_CARD_COPY, ID_CARD_IMAGE)
_SIGNED = any_of(SIGNATURE_PAPER, SIGNATURE_SCREEN, SIGNATURE_THUMB)

OWN_PICK_UP = all_of(ID_CARD_ORIGINAL, _COPY, _SIGNED)
COLLECTIVE_PICK_UP = all_of(AGENT_ID, UNIT_LETTER, KEEPING_PLAN, _SIGNED)
PROXY_PICK_UP = all_of(
    AGENT_ID, _COPY, MANDATE, any_of(RELATIVE_PROOF, UNIT_PROOF, HOUSEHOLD_BOOK), _SIGNED
)
# Who sends somebody says so himself; a household book proves kinship and nothing else (Art. 10).
PROXY_WHEN = (
    PapersWhen("relation", frozenset({"unit"}), all_of(UNIT_PROOF), "代领人是原单位派来的"),
    PapersWhen(
        "relation",
        frozenset({"committee", "other"}),
        all_of(any_of(RELATIVE_PROOF, UNIT_PROOF)),
        "代领人不是亲属",
    ),
)
GUARDIAN_PICK_UP = all_of(
    GUARDIAN_ID, any_of(HOUSEHOLD_BOOK, COMMUNITY_CERTIFICATE, RELATION_PROOF), _SIGNED
)
# Whoever is no relative needs the consent of the committee (Civil Code art. 27, 28); of an adult
# the lack of capacity is shown.
_OF_ADULT = PapersWhen(
    "incapacitated",
    frozenset({"True"}),
    all_of(any_of(INCAPACITY_RULING, DISABILITY_CARD)),
    "持卡人是成年人",
)
_BY_NO_RELATIVE = PapersWhen(
    "relation",
    frozenset({"committee", "other"}),
    all_of(any_of(COMMUNITY_CERTIFICATE, RELATION_PROOF)),
    "监护人不是近亲属",
)
GUARDIAN_WHEN = (_BY_NO_RELATIVE, _OF_ADULT)
# Beside a row of the sheet stands one paper: what charges the proxy, what shows the guardian. Who
# he is, the unit saw when he signed; the ruling and the disability card name the guardian (11).
ROW_BY_PROXY = all_of(any_of(MANDATE, RELATIVE_PROOF, UNIT_PROOF))
ROW_BY_GUARDIAN = all_of(any_of(HOUSEHOLD_BOOK, COMMUNITY_CERTIFICATE, RELATION_PROOF))
ROW_BY_GUARDIAN_OF_ADULT = all_of(any_of(INCAPACITY_RULING, DISABILITY_CARD))
OWN_ACTIVATION = all_of(SOCIAL_CARD)
# Whoever is said to ask shows his own document, and nobody else's is asked for.
ACTIVATION_WHEN = (
    PapersWhen("asked_by", frozenset({"holder"}), all_of(ID_CARD_ORIGINAL), "由本人办理"),
    PapersWhen(
        "asked_by", frozenset({"proxy"}), all_of(AGENT_ID, ACTIVATION_MANDATE), "由他人代办"
    ),
    PapersWhen(
        "asked_by",
        frozenset({"guardian"}),
        all_of(GUARDIAN_ID, any_of(HOUSEHOLD_BOOK, COMMUNITY_CERTIFICATE, RELATION_PROOF)),
        "由监护人办理",
    ),
)
# A password is typed in by the holder himself, or by whoever stands for him by law.
PIN_SET = all_of(any_of(ID_CARD_ORIGINAL, GUARDIAN_ID), SOCIAL_CARD)
BANK_REPORT = all_of(BANK_SLIP)
APPLICANT_SIGNED = all_of(any_of(ID_CARD_ORIGINAL, GUARDIAN_ID), _SIGNED)
FEE_PAID = all_of(FEE_RECEIPT)
TEMPORARY_LENT = all_of(_SIGNED)
# Whoever comes shows his own document, and nobody else's is asked for.
TEMPORARY_WHEN = (
    PapersWhen("received_by", frozenset({"holder"}), all_of(ID_CARD_ORIGINAL), "由本人领取"),
    PapersWhen(
        "received_by", frozenset({"proxy"}), all_of(AGENT_ID, LENDING_MANDATE), "由代领人领取"
    ),
    PapersWhen(
        "received_by",
        frozenset({"guardian"}),
        all_of(GUARDIAN_ID, any_of(HOUSEHOLD_BOOK, COMMUNITY_CERTIFICATE, RELATION_PROOF)),
        "由监护人领取",
    ),
    _BY_NO_RELATIVE,
    _OF_ADULT,
)
LIFT_WHEN = (
    PapersWhen(
        "asked_by", frozenset({"proxy"}), all_of(AGENT_ID, LIFTING_MANDATE), "由代办人办理"
    ),
)
WRITTEN_LOSS = all_of(any_of(ID_CARD_ORIGINAL, GUARDIAN_ID))
# It cannot be taken off before the city says when: whoever asks for another shows who he is.
WRITTEN_WHEN = (PapersWhen("asked_by", frozenset({"proxy"}), all_of(AGENT_ID), "由代办人办理"),)
DEATH_SHOWN = all_of(DEATH_PROOF)
# Why a card dies shows itself by a paper, whoever asks (Art. 29).
_CANCEL_REASONS = (
    PapersWhen("reason", frozenset({"death"}), all_of(DEATH_PROOF), "因死亡注销"),
    PapersWhen("reason", frozenset({"emigration"}), all_of(EMIGRATION_PROOF), "因出国定居注销"),
)
CANCEL_WHEN = (
    PapersWhen("asker", frozenset({"holder"}), all_of(ID_CARD_ORIGINAL), "由本人申请"),
    PapersWhen("asker", frozenset({"successor"}), all_of(SUCCESSOR_PROOF), "由权益继承人申请"),
    PapersWhen(
        "asker",
        frozenset({"guardian"}),
        all_of(GUARDIAN_ID, any_of(HOUSEHOLD_BOOK, COMMUNITY_CERTIFICATE, RELATION_PROOF)),
        "由监护人申请",
    ),
    *_CANCEL_REASONS,
)
CANCEL_BY_OFFICE = all_of(OFFICE_LETTER)
OFFICE_WHEN = _CANCEL_REASONS
RELATION_MOVED = all_of(TRANSFER_PROOF)
MISUSE = all_of(MISUSE_NOTE)
SHEET_FILED = all_of(any_of(SIGNED_SHEET_IMAGE, SIGNED_SHEET))
POST_ASKED_FOR = all_of(ID_CARD_ORIGINAL, POST_REQUEST)
POST_RECEIPT_SIGNED = all_of(POST_RECEIPT)
# A guardian who signed at the door shows what he is to the child, as at the window (Art. 11).
POST_WHEN = (PapersWhen("signed_by", frozenset({"guardian"}), ROW_BY_GUARDIAN, "由监护人签收"),)
STRANDED_RETURN = all_of(STRANDED_FORM)
DESTRUCTION = all_of(DESTRUCTION_PHOTO)

# What a page asks where several kinds will do: two groups of one form are told apart by it.
_QUESTIONS: tuple[tuple[str, frozenset[PaperKind]], ...] = (
    ("查验了谁的身份证件", frozenset({ID_CARD_ORIGINAL, GUARDIAN_ID, AGENT_ID})),
    ("复印件还是影像", frozenset(_COPY)),
    ("怎样签名", frozenset(_SIGNED)),
    (
        "查验了哪一种关系证明",
        frozenset({HOUSEHOLD_BOOK, COMMUNITY_CERTIFICATE, RELATION_PROOF, RELATIVE_PROOF}),
    ),
    ("查验了哪一种行为能力证明", frozenset({INCAPACITY_RULING, DISABILITY_CARD})),
)


def question(kinds: tuple[PaperKind, ...]) -> str:
    """This function will say what a page asks about a group of kinds, any one of which will do."""
    found = (words for words, of in _QUESTIONS if of.issuperset(kinds))
    return next(found, "查验了哪一种材料")


RULES: dict[str, PaperRule] = {
    "OWN_PICK_UP": OWN_PICK_UP,
    "COLLECTIVE_PICK_UP": COLLECTIVE_PICK_UP,
    "PROXY_PICK_UP": PROXY_PICK_UP,
    "GUARDIAN_PICK_UP": GUARDIAN_PICK_UP,
    "SHEET_FILED": SHEET_FILED,
    "POST_ASKED_FOR": POST_ASKED_FOR,
    "POST_RECEIPT_SIGNED": POST_RECEIPT_SIGNED,
    "STRANDED_RETURN": STRANDED_RETURN,
    "DESTRUCTION": DESTRUCTION,
}
