"""The left navigation: what a role can open, in the order of the regulation.

Derived from each page's policy (`lifecycle.pages.page`); nobody is shown a door he cannot open.
"""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, get_urlconf, resolve, reverse
from django.utils.safestring import SafeString

from cardbook.law.roles import Role
from cardbook.lifecycle.pages import ALL_ROLES
from cardbook.orgs.actors import Actor


@dataclass(frozen=True, slots=True)
class Item:
    """One entry for templates."""

    title: str
    url: str
    icon: str
    active: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A heading with its entries; `open` when they show without asking."""

    title: str
    items: tuple[Item, ...]
    open: bool = True


# With more entries than fit on a screen of 768 lines, only the chapter at work is unfolded.
MOST_UNFOLDED = 18

# Heading -> (title, URL name, icon).
MENU: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "工作台",
        (
            ("首页", "home", "building"),
            ("查卡查人", "search", "search"),
            ("数字", "figures.board", "box"),
        ),
    ),
    (
        "领取与入库（第六条）",
        (
            ("导入到货明细", "import.list", "upload"),
            ("到货与清点", "delivery.list", "box"),
            ("差异处理", "delivery.differences", "warning"),
            ("分类入柜", "card.sort", "cabinet"),
            ("机构间交接", "handover.list", "box"),
            ("库内移动", "drawer.fill", "cabinet"),
            ("期初登记", "opening.list", "history"),
        ),
    ),
    (
        "发放（第七至十二条）",
        (
            ("窗口发放", "card.issue", "card"),
            ("代领", "card.issue_proxy", "person"),
            ("监护人代领", "card.issue_guardian", "person"),
            ("委托书", "mandate.list", "history"),
            ("代领人一览", "agent.list", "search"),
            ("集中领卡", "bundle.list", "box"),
            ("我的签字明细表", "sheet.mine", "history"),
            ("邮寄在途", "posting.list", "place"),
            ("上门发放", "visiting.list", "person"),
            ("质量问题卡", "defect.stock", "box"),
            ("批次质量问题率", "defect.rates", "warning"),
        ),
    ),
    (
        "信息错误（第十三至十五条）",
        (
            ("登记错卡", "error.start", "warning"),
            ("错卡处理", "error.list", "history"),
            ("省系统批量登记", "error.province", "upload"),
            ("待送回的卡", "recalled.list", "warning"),
            ("上交交接", "recalled.shipments", "box"),
        ),
    ),
    (
        "滞留（第十六至十九条）",
        (
            ("滞留卡", "stranded.radar", "warning"),
            ("登记换地点领取", "elsewhere.find", "place"),
            ("要求换地点领取", "elsewhere.list", "place"),
            ("退回滞留卡", "stranded.send_back", "upload"),
            ("退回交接", "stranded.returns", "box"),
            ("退回的卡", "stranded.returned", "cabinet"),
            ("银行告知函", "stranded.bank_notices", "printer"),
            ("待销毁的卡", "destruction.send", "warning"),
            ("销毁清单", "destruction.lots", "box"),
        ),
    ),
    (
        "保管（第二十、二十一条）",
        (
            ("存放处与钥匙", "place.list", "cabinet"),
            ("保管检查", "check.list", "history"),
            ("受损、丢失报告", "harm.list", "warning"),
            ("事故报告", "incident.list", "warning"),
            ("盘点", "stocktake.list", "box"),
        ),
    ),
    (
        "应用（第二十二至三十条）",
        (
            ("挂失", "loss.report", "shield"),
            ("挂失名单", "loss.list", "warning"),
            ("外地卡来电", "loss.outside", "history"),
            ("补换卡", "replacement.capture", "card"),
            ("首次申领", "application.capture", "person"),
            ("制卡申请", "application.list", "history"),
            ("省系统查重", "application.checks", "history"),
            ("拒绝收费", "fee.refused_list", "warning"),
            ("提交制卡银行", "application.submit", "upload"),
            ("银行答复", "application.answers", "box"),
            ("制卡数据", "application.maker", "upload"),
            ("银行绿色通道", "bank.queue", "bank"),
            ("银行状态回报", "bank.reports", "bank"),
            ("两侧未办全", "halves.list", "warning"),
            ("提醒启用", "activation.calls", "person"),
            ("临时卡", "temporary.list", "card"),
            ("转入名单", "move.in_list", "person"),
            ("转出待办", "move.out_list", "person"),
            ("应用事项", "use.list", "card"),
            ("导入用卡记录", "use_file.list", "upload"),
            ("应用率", "use.rates", "box"),
            ("未用卡", "use.unused", "warning"),
            ("可疑用卡", "use.suspicious", "shield"),
            ("已故持卡人的卡", "death.living", "card"),
            ("领取在死亡之后", "death.late_list", "warning"),
            ("银行优惠与渠道", "offer.list", "bank"),
            ("银行承诺投诉", "complaint.list", "warning"),
            ("核验密钥", "status_key.list", "warning"),
        ),
    ),
    (
        "对方系统（第十四条等）",
        (("待办消息", "message.list", "upload"),),
    ),
    (
        "机构、部署与分工",
        (
            ("机构", "organization.list", "building"),
            ("领卡单位备案", "unit.list", "card"),
            ("业务指导", "guidance.list", "history"),
            ("发放部署", "campaign.list", "history"),
            ("发放分工", "routing.list", "building"),
            ("发放方式", "ways.list", "card"),
        ),
    ),
    (
        "登记表与台账",
        (
            ("领卡登记表", "register.pick_up", "printer"),
            ("发放签字明细表", "register.sign_off", "printer"),
            ("集中领卡移交单", "register.collective_hand_over", "printer"),
            ("告知确认书", "register.notices_told", "printer"),
            ("入库清点单", "register.count", "printer"),
            ("分配方案", "register.allotment_plan", "printer"),
            ("领卡手续单", "register.handover", "printer"),
            ("信息错误人员清单", "register.wrong_cards", "printer"),
            ("质量问题鉴定单", "register.defect_finding", "printer"),
            ("催领通知记录", "register.contacts", "printer"),
            ("换地点领取登记", "register.outlet_wishes", "printer"),
            ("错卡上交交接单", "register.home_list", "printer"),
            ("滞留原因统计表", "register.stranded_form", "printer"),
            ("注销登记表", "register.cancel_register", "printer"),
            ("销毁证明", "register.destruction_certificate", "printer"),
            ("激活登记", "register.activations", "printer"),
            ("密码重置登记", "register.pin_resets", "printer"),
            ("提醒启用电话单", "register.activation_calls", "printer"),
            ("注销申请登记表", "register.cancel_requests", "printer"),
            ("临时卡登记簿", "register.temporary", "printer"),
            ("关系转移登记", "register.transfers", "printer"),
            ("转出名单", "register.transfer_out", "printer"),
            ("转入名单", "register.transfer_in", "printer"),
            ("经办人授权备案", "register.unit_letters", "printer"),
            ("岗位交接单", "register.post_hand_over", "printer"),
            ("挂失登记簿", "register.loss_register", "printer"),
            ("解挂登记", "register.loss_lift_register", "printer"),
            ("12333 服务工单", "register.hotline_register", "printer"),
            ("存放登记", "register.keeping_places", "printer"),
            ("保管措施检查表", "register.keeping_check", "printer"),
            ("事故报告", "register.incident", "printer"),
            ("盘点表", "register.stocktake", "printer"),
            ("柜员轧账单", "register.desk_balance", "printer"),
            ("申领登记", "register.applications", "printer"),
            ("补换卡申请单", "register.replacements", "printer"),
            ("收费登记", "register.fees", "printer"),
            ("旧卡回收登记", "register.old_cards", "printer"),
            ("已出具的表", "document.list", "history"),
            ("完整号码文件", "document.taken", "history"),
            ("查看记录", "look.list", "history"),
        ),
    ),
)


def navigation(*, by: Actor, path: str) -> tuple[Group, ...]:
    """This function will list the groups and pages open to the actor, marking the current one."""
    return _groups(by.role, _nearest(by.role, path), _addresses())


def drawn_navigation(*, by: Actor, path: str) -> SafeString:
    """This function will draw what `navigation` lists; every page asks, few answers differ."""
    return _drawn(by.role, _nearest(by.role, path), _addresses())


def door(name: str, by: Actor) -> str:
    """This function will give the address of a page the actor may open, or "" when he may not."""
    url, roles = _page(name, _addresses())
    return url if by.role in roles else ""


# A menu is worth 56 addresses looked up and policies found: kept by what alone decides about it.
# `addresses` (the root of all addresses) is a key because tests and benches have others.


def _addresses() -> str:
    return get_urlconf() or str(settings.ROOT_URLCONF)


@cache
def _page(name: str, addresses: str) -> tuple[str, frozenset[Role]]:
    """Where a page is and who may open it; without an address nobody may."""
    try:
        url = reverse(name, urlconf=addresses)
    except NoReverseMatch:
        return "", frozenset()
    policy = getattr(resolve(url, urlconf=addresses).func, "policy", None)
    return url, ALL_ROLES if policy is None else policy.roles


@cache
def _open_to(
    role: Role, addresses: str
) -> tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]:
    """The menu's headings with the entries (title, address, icon) a role can open."""
    pages = {name: _page(name, addresses) for _, entries in MENU for _, name, _ in entries}
    return tuple(
        (
            heading,
            tuple(
                (title, pages[name][0], icon)
                for title, name, icon in entries
                if role in pages[name][1]
            ),
        )
        for heading, entries in MENU
    )


def _nearest(role: Role, path: str) -> str:
    """The longest address of the menu that begins the path: 差异处理 lies below 到货与清点."""
    urls = (url for _, entries in _open_to(role, _addresses()) for _, url, _ in entries)
    return max((url for url in urls if _leads_to(url, path)), key=len, default="")


@cache
def _groups(role: Role, current: str, addresses: str) -> tuple[Group, ...]:
    open_to = _open_to(role, addresses)
    short = sum(len(entries) for _, entries in open_to) <= MOST_UNFOLDED
    return tuple(
        Group(
            heading,
            tuple(Item(*entry, active=entry[1] == current) for entry in entries),
            open=short or place == 0 or any(url == current for _, url, _ in entries),
        )
        for place, (heading, entries) in enumerate(open_to)
        if entries
    )


@cache
def _drawn(role: Role, current: str, addresses: str) -> SafeString:
    groups = _groups(role, current, addresses)
    return render_to_string("web/_navigation.html", {"groups": groups})


def _leads_to(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
