"""A card's whole life in words, newest first: every fact under its Chinese name (Art. 7, 20).

Neighbours: `queries.py` (finding cards), `lifecycle/facts` (what acts record).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from cardbook.cards.states import Bank, Hold, Social
from cardbook.chapters.intake.models import Delivery
from cardbook.chapters.safekeeping.models import Incident
from cardbook.chapters.usage.loss.questions import CALLERS, Topic
from cardbook.law.notices import notice_given
from cardbook.law.papers import KINDS
from cardbook.lib.clock import to_the_minute
from cardbook.lifecycle.acts import ACTS
from cardbook.lifecycle.facts import (
    ApplyKind,
    ApplyReason,
    AskedVia,
    Asker,
    Channel,
    ChipRead,
    ContactResult,
    DeathSource,
    Defect,
    DunResult,
    EndReason,
    EntryPoint,
    Fault,
    Found,
    FoundAt,
    IdentityReading,
    Informant,
    OpenMatter,
    PayWay,
    Plastic,
    ProxyReason,
    Reading,
    Recheck,
    Relation,
    RequestChannel,
    Signer,
    Signing,
    Stranding,
    Unclaimed,
    Verdict,
    VisitReason,
    WrongField,
)

# Every field of every class in `lifecycle/facts`; a test holds the two together.
FACT_LABELS: Mapping[str, str] = {
    "delivery": "到货批次",
    "manifest": "明细文件",
    "receiver": "接收机构",
    "box": "箱盒",
    "slot": "位号",
    "count": "清点编号",
    "seal_intact": "封签完好",
    "order": "分类方式",
    "way": "发放方式",
    "identity": "读取证件",
    "recheck": "手工录入的复核",
    "original_seen": "查验证件原件",
    "copy_kept": "证件留存",
    "scanned": "扫描卡号",
    "face_matches": "人、证、卡面一致",
    "reads": "卡片读写正常",
    "signing": "领卡签字",
    "signature": "签字图像",
    "event": "所撤销的登记",
    "defect": "质量问题",
    "reader_tried": "已上机试读",
    "reading": "检测结果",
    "verdict": "鉴定结论",
    "old_card": "原卡",
    "words": "说明",
    "source": "来源",
    "file": "来源文件",
    "row": "来源行号",
    "as_of": "期初截止日",
    "dated": "来源写明日期",
    "social": "所称社保功能",
    "hold": "所称挂失/停用",
    "bank": "所称金融功能",
    "place": "所称存放地点",
    "activated_on": "所称激活日期",
    "lost_on": "所称挂失日期",
    "inferred": "按条文推定已领取",
    "claims": "所依据的说法",
    "predecessor": "原机构",
    "successor": "承接机构",
    "self_supporting": "以自己劳动收入为主",
    "agent": "代领人",
    "guardian": "监护人",
    "mandate": "委托书",
    "mandate_signed_on": "委托书签署日期",
    "mandate_until": "委托期限至",
    "reason": "原因",
    "relation": "与持卡人关系",
    "since": "期限自",
    "until": "期限至",
    "given_on": "委托书签署日",
    "matter": "委托事项",
    "scope": "权限",
    "holder_signing": "委托人签名",
    "witnessed": "有见证人签名",
    "proof": "证明材料",
    "proof_number": "证明编号或出具机关",
    "proof_on": "证明日期",
    "proof_image": "证明影像",
    "incapacitated": "无民事行为能力",
    "unit": "领卡单位",
    "handlers": "领卡经办人",
    "letter": "授权书",
    "plan": "安全保管措施",
    "sheet": "签字明细表",
    "signed_on": "签收日期",
    "signer": "签收人",
    "parcel": "邮件号码",
    "received_on": "签收日期",
    "planned_on": "上门日期",
    "handed_on": "交卡日期",
    "signed_by": "签收人",
    "shipment": "交接单",
    "found": "发现环节",
    "fields": "错误项目",
    "reported": "反映人",
    "card": "所涉的卡",
    "new_card": "新卡号",
    "fault": "责任归属",
    "told": "说明对象",
    "complete": "各项完整准确",
    "reference": "登记号、凭证号",
    "answered_on": "省系统日期",
    "by_hand": "人工抄录",
    "by_post": "新卡邮寄",
    "expected_on": "公安更正预计日",
    "corrected_on": "公安更正日期",
    "correction": "错卡处理",
    "fee_fen": "应收工本费（分）",
    "wished_name": "要求到哪里领取",
    "wished": "要求领取的机构",
    "via": "怎样提出的",
    "channel": "渠道",
    "result": "通知结果",
    "again_on": "再次通知日",
    "lot": "销毁清单",
    "method": "销毁方式",
    "witness": "监销人",
    "stocktake": "盘点",
    "incident": "事故报告",
    "report": "受损、丢失报告",
    "harm": "情况",
    "cause": "原因",
    "kind": "种类",
    "entry": "受理地点",
    "application": "制卡申请",
    "ground": "发放依据",
    "ground_source": "依据出处",
    "photo": "照片",
    "photo_compared": "新照片已按框线比对",
    "promised_on": "承诺日期",
    "fee_rule": "收费标准",
    "bank_id": "制卡银行",
    "encoded_bytes": "报盘字节数",
    "digest": "确认内容摘要",
    "code": "答复代码",
    "receipt": "票据号",
    "asked_fen": "被要求的金额（分）",
    "asked_by": "申请办理人",
    "card_seen": "查验社保卡",
    "document_seen": "查验证件",
    "outlet": "银行网点",
    "bank_source": "金融状态来源",
    "bank_as_of": "金融状态时间",
    "caller": "来电（来人）身份",
    "call": "通话编号",
    "questions": "答对的核验问题",
    "hold_until": "挂失有效至",
    "terminal": "终端",
    "chip": "芯片",
    "chip_version": "芯片规范版本",
    "chip_odd": "芯片异常",
    "case_number": "线索编号",
    "died_on": "死亡日期",
    "asker": "注销申请人",
    "applicant": "申请人",
    "plastic": "卡片实物",
    "open_items": "未了事项",
    "item": "事项",
    "state": "有无",
    "said_by": "谁说的",
    "other_card": "另一张卡",
    "other_source": "另一张卡的出处",
    "to_place": "转往地",
    "list_number": "转移名单号",
    "person_id": "借用人",
    "valid_until": "有效至",
    "received_by": "领取人",
    "sound": "完好",
    "excused": "免予先还",
}
VALUE_LABELS: Mapping[str, Mapping[str, str]] = {
    "order": {
        "town": "按镇街、村",
        "unit": "按单位",
        "group": "按人群",
        "bank": "按银行",
        "batch": "按批次",
    },
    "way": {
        "window": "窗口当面发放",
        "home": "上门发放",
        "school": "校园发放",
        "outlet": "银行网点发放",
        "phone": "电话",
        "face": "当面",
        "sms": "短信",
        "letter": "书面",
        **{str(one): one.label for one in PayWay},
    },
    "identity": {str(one): one.label for one in IdentityReading},
    "recheck": {str(one): one.label for one in Recheck},
    "signing": {str(one): one.label for one in Signing},
    "copy_kept": {"image": "影像", "paper": "复印件"},
    "defect": {str(defect): defect.label for defect in Defect},
    "social": dict(Social.choices()),
    "hold": dict(Hold.choices()),
    "bank": dict(Bank.choices()),
    "reason": {
        **{str(one): one.label for one in ApplyReason},
        **{str(one): one.label for one in EndReason},
        **{str(one): one.label for one in VisitReason},
        **{str(one): one.label for one in ProxyReason},
        **{str(one): one.label for one in Unclaimed},
        **{str(one): one.label for one in Stranding},
    },
    "matter": {"pick_up": "领取社保卡"},
    "holder_signing": {"paper": "签名", "thumb": "按手印"},
    "relation": {str(one): one.label for one in Relation},
    "proof": {kind.code: kind.title for kind in KINDS.values()},
    "signer": {str(one): one.label for one in Signer},
    "signed_by": {str(one): one.label for one in Signer},
    "found": {str(one): one.label for one in FoundAt},
    "fields": {str(one): one.label for one in WrongField},
    "fault": {str(one): one.label for one in Fault},
    "told": {"holder": "持卡人", "agent": "代理人"},
    "reported": {"holder": "持卡人", "agent": "代理人", "staff": "经办人"},
    "reading": {str(one): one.label for one in Reading},
    "verdict": {str(one): one.label for one in Verdict},
    "channel": {str(one): one.label for each in (RequestChannel, Channel) for one in each},
    "kind": {str(one): one.label for one in ApplyKind} | dict(Incident.Cause.choices),
    "harm": dict(Incident.Kind.choices),
    "cause": dict(Incident.Cause.choices),
    "entry": {str(one): one.label for one in EntryPoint},
    "source": {str(one): one.label for one in DeathSource},
    "asker": {str(one): one.label for one in Asker},
    "plastic": {str(one): one.label for one in Plastic},
    "item": {str(one): one.label for one in OpenMatter},
    "state": {str(one): one.label for one in Found},
    "said_by": {str(one): one.label for one in Informant},
    "asked_by": {str(one): one.label for one in Signer},
    "chip": {str(one): one.label for one in ChipRead},
    "questions": {str(one): one.short for one in Topic},
    "caller": CALLERS,
    "received_by": {str(one): one.label for one in Signer},
    "via": {str(one): one.label for one in AskedVia},
    "result": {str(one): one.label for each in (ContactResult, DunResult) for one in each},
}
# References that mean nothing to a reader; papers are listed by title beside them.
_UNSHOWN = frozenset(
    {"signature", "proof_image", "manifest", "receiver", "count", "event", "old_card", "file",
     "claims",
     "predecessor", "successor", "agent", "guardian", "applicant", "mandate", "unit", "handlers",
     "letter", "plan", "card", "correction", "witness", "stocktake", "incident", "report",
     "application", "bank_id", "digest", "photo", "outlet", "person_id", "wished"}
)  # fmt: skip
# Kept to the instant and with their zone; read in the time of the window.
_MOMENTS = frozenset({"hold_until", "bank_as_of"})
# Worth a line only when they hold.
_EXCEPTIONS = frozenset({"self_supporting", "incapacitated", "witnessed", "photo_compared"})
# A claim later written down than this is shown with both times.
LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One event of a card in words."""

    seq: int
    title: str
    basis: str
    happened_at: datetime
    recorded_at: datetime
    actor: str
    second: str
    office: str
    facts: tuple[tuple[str, str], ...]
    papers: tuple[str, ...]
    told: tuple[str, ...]

    @property
    def is_late(self) -> bool:
        """Whether it was written down noticeably after it happened."""
        return self.recorded_at - self.happened_at > LATE


_HISTORY = """
SELECT e.seq, e.act, e.basis, e.happened_at, e.recorded_at, u.name, coalesce(s.name, ''),
       coalesce(was.name, o.name), e.facts, e.papers, e.told
FROM (
    SELECT * FROM ledger_event WHERE subject_kind = 'card' AND subject_id = %(card)s
    UNION ALL
    SELECT of_mandate.* FROM cards_card c
    JOIN people_mandate m ON m.principal_id = c.person_id
    JOIN ledger_event of_mandate
         ON of_mandate.subject_kind = 'mandate' AND of_mandate.subject_id = m.id
    WHERE c.id = %(card)s
) e
JOIN orgs_user u ON u.id = e.actor_id
JOIN orgs_organization o ON o.id = e.org_id
LEFT JOIN orgs_organizationstate was
       ON was.organization_id = o.id AND e.happened_at >= was.since
      AND (was.until IS NULL OR e.happened_at < was.until)
LEFT JOIN orgs_user s ON s.id = e.second_id
ORDER BY e.id DESC
"""


def history_of(card_id: int) -> list[HistoryLine]:
    """This function will tell a card's whole life, newest first, in two queries at most.

    Whom its holder charged with fetching cards belongs to it (Art. 10).
    """
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, {"card": card_id})
        rows = cursor.fetchall()
    given = [json.loads(row[8]) for row in rows]
    deliveries = _delivery_codes({facts["delivery"] for facts in given if facts.get("delivery")})
    return [
        HistoryLine(
            seq=row[0],
            title=ACTS[row[1]].title if row[1] in ACTS else row[1],
            basis=row[2],
            happened_at=row[3],
            recorded_at=row[4],
            actor=row[5],
            second=row[6],
            office=row[7],
            facts=tuple(_in_words(facts, deliveries)),
            papers=tuple(_paper_title(paper) for paper in row[9]),
            told=tuple(_notice_title(text_id) for text_id in row[10]),
        )
        for row, facts in zip(rows, given, strict=True)
    ]


def _delivery_codes(ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    return dict(Delivery.objects.filter(pk__in=ids).values_list("pk", "code"))


def _in_words(
    facts: Mapping[str, object], deliveries: Mapping[int, str]
) -> Iterator[tuple[str, str]]:
    # The ledger sorts by name; a reader wants the order in which the clerk worked.
    for name in (*FACT_LABELS, *sorted(facts.keys() - FACT_LABELS.keys())):
        unusual = name not in _EXCEPTIONS or facts.get(name)
        if facts.get(name) in ("", None) or name in _UNSHOWN or not unusual:
            continue
        yield FACT_LABELS.get(name, name), _value_in_words(name, facts[name], deliveries)


def _value_in_words(name: str, value: object, deliveries: Mapping[int, str]) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if name == "delivery" and isinstance(value, int):
        return deliveries.get(value, f"{value} 号")
    if name in _MOMENTS:
        return to_the_minute(datetime.fromisoformat(str(value)))
    if name == "shipment" and isinstance(value, int):
        return f"JJ{value:08d}"
    if isinstance(value, list | dict):
        pairs = value.items() if isinstance(value, dict) else [(name, one) for one in value]
        words = [_value_in_words(key, one, deliveries) for key, one in pairs if one]
        return (" " if isinstance(value, dict) else "、").join(words)
    return VALUE_LABELS.get(name, {}).get(str(value), str(value))


def _paper_title(paper: str) -> str:
    kind, _, digest = paper.partition(":")
    title = KINDS[kind].title if kind in KINDS else kind
    return f"{title}（图像已存）" if digest else title


def _notice_title(text_id: str) -> str:
    given = notice_given(text_id)
    return f"{given.title}（第 {given.version} 版）" if given else text_id
