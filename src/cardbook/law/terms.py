"""The dictionary: one English word for one official word, and the article it comes from.

Names in code, labels on screens and columns of registers use these words and no others.
"""

from dataclasses import dataclass

from cardbook.law.articles import Basis, art


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """An identifier and its official words; `forms` are other words files use for the same."""

    identifier: str
    official: str
    basis: Basis
    forms: tuple[str, ...] = ()


class DuplicateTerm(ValueError):
    """Two terms share an identifier or a word; the dictionary does not load."""


def _term(identifier: str, official: str, basis: Basis, *forms: str) -> Term:
    return Term(identifier=identifier, official=official, basis=basis, forms=forms)


TERMS: tuple[Term, ...] = (
    _term("card", "社保卡", art(2), "社会保障卡"),
    _term("holder", "持卡人", art(2)),
    _term("credential", "电子凭证", art(2)),
    _term("social_function", "社保功能", art(22)),
    _term("financial_function", "金融功能", art(2), "银行功能"),
    _term("first_application", "首次申领", art(4)),
    _term("organization", "机构", art(5)),
    _term("post", "岗位", art(5)),
    _term("card_body", "社保卡综合管理机构", art(5, 2), "卡管机构"),
    _term("agency", "社会保险经办机构", art(5, 3), "经办机构"),
    _term("bank", "合作银行", art(5, 3)),
    _term("collection", "领卡手续", art(6)),
    _term("manifest", "到货明细", art(6), "装箱清单"),
    _term("delivery", "到货批次", art(6)),
    _term("transit", "在途", art(6)),
    _term("count", "清点", art(6)),
    _term("count_sheet", "入库清点单", art(6)),
    _term("shortage", "短少", art(6)),
    _term("surplus", "多出", art(6)),
    _term("misrouted", "错发县区", art(6)),
    _term("seal", "封签", art(6)),
    _term("sort", "分类入柜", art(6)),
    _term("group", "人群", art(7), "群体"),
    _term("custody", "保管", art(20)),
    _term("box", "盒", art(20), "箱"),
    _term("slot", "位", art(20)),
    _term("stock_take", "盘点", art(20)),
    _term("safekeeping_measures", "安全保管措施", art(20)),
    _term("hand_over", "交接", art(8)),
    _term("issue", "发放", art(8)),
    _term("individual_pick_up", "个人领取", art(8, 4)),
    _term("collective_pick_up", "集中领取", art(8, 3), "集中领卡"),
    _term("pick_up_register", "领卡登记表", art(8, 3)),
    _term("sign_off_sheet", "发放签字明细表", art(8, 3)),
    _term("filing", "备案", art(8, 3)),
    _term("window", "社保卡综合服务窗口", art(8, 4), "综合服务窗口"),
    _term("register", "登记表", art(8), "清单"),
    _term("identity_document", "有效身份证件", art(8, 4)),
    _term("copy", "复印件", art(8, 4)),
    _term("defect", "质量问题", art(9)),
    _term("free_replacement", "免费补换", art(9)),
    _term("mandate", "委托", art(10), "委托书"),
    _term("agent", "代领人", art(10), "代理人"),
    _term("guardian", "监护人", art(11)),
    _term("notice", "告知", art(12)),
    _term("card_face", "卡面", art(13)),
    _term("recall", "收回", art(13)),
    _term("error_register", "信息错误人员清单", art(13)),
    _term("wrong_card_entry", "错卡登记", art(14)),
    _term("stranded", "滞留", art(16)),
    _term("stranded_form", "滞留原因统计表", art(17)),
    _term("send_back", "退回", art(17)),
    _term("cancellation", "注销", art(18)),
    _term("destruction", "销毁", art(19)),
    _term("activation", "激活", art(22)),
    _term("green_channel", "绿色通道", art(22)),
    _term("application", "制卡申请", art(25), "申领"),
    _term("single_production", "零星制卡", art(25)),
    _term("replacement", "补换卡", art(26)),
    _term("production_fee", "工本费", art(26), "制卡成本费"),
    _term("temporary_card", "临时卡", art(27)),
    _term("loss_report", "挂失", art(28)),
    _term("loss_release", "解挂", art(28)),
    _term("successor", "权益继承人", art(29)),
    _term("transfer", "转移", art(30), "关系转移"),
    _term("refusal", "不予办理的理由", art(7)),
    _term("reviewer", "复核人", art(7)),
    _term("interpretation", "解释", art(33)),
)


def index_terms(terms: tuple[Term, ...]) -> dict[str, Term]:
    """This function will index terms by identifier.

    :raises DuplicateTerm: when an identifier is used twice, or a word names two terms.
    """
    by_identifier: dict[str, Term] = {}
    taken: set[str] = set()
    for entry in terms:
        if entry.identifier in by_identifier:
            raise DuplicateTerm(f"two terms are called {entry.identifier}")
        by_identifier[entry.identifier] = entry
        for words in (entry.official, *entry.forms):
            if words in taken:
                raise DuplicateTerm(f"“{words}” names two terms")
            taken.add(words)
    return by_identifier


_BY_IDENTIFIER = index_terms(TERMS)


def term(identifier: str) -> Term:
    """This function will return the term of an identifier.

    :raises KeyError: when the dictionary does not have it.
    """
    return _BY_IDENTIFIER[identifier]


def official(identifier: str) -> str:
    """This function will return the official words of an identifier.

    :raises KeyError: when the dictionary does not have it.
    """
    return _BY_IDENTIFIER[identifier].official


def terms_of(article: int) -> tuple[Term, ...]:
    """This function will list the terms that come from an article, in the dictionary's order."""
    return tuple(entry for entry in TERMS if entry.basis.article == article)
