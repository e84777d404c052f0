"""The left navigation: what a role can open, in the order of the regulation.

Derived from each page's policy (`lifecycle.pages.page`); nobody is shown a door he cannot open.
"""

from dataclasses import dataclass

from django.urls import NoReverseMatch, resolve, reverse

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
    """A heading with its entries."""

    title: str
    items: tuple[Item, ...]


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
            ("期初登记", "opening.list", "history"),
        ),
    ),
    (
        "发放（第七至十二条）",
        (
            ("窗口发放", "card.issue", "card"),
            ("补换申请", "application.list", "history"),
        ),
    ),
    (
        "滞留（第十六至十九条）",
        (
            ("滞留卡", "stranded.radar", "warning"),
            ("退回滞留卡", "stranded.send_back", "upload"),
            ("退回交接", "stranded.returns", "box"),
            ("退回的卡", "stranded.returned", "cabinet"),
            ("银行告知函", "stranded.bank_notices", "printer"),
            ("待销毁的卡", "destruction.send", "warning"),
            ("销毁清单", "destruction.lots", "box"),
        ),
    ),
    ("机构与岗位（第五条、第二十条）", (("机构", "organization.list", "building"),)),
    (
        "登记表与台账",
        (
            ("领卡登记表", "register.pick_up", "printer"),
            ("入库清点单", "register.count", "printer"),
            ("催领通知记录", "register.contacts", "printer"),
            ("滞留原因统计表", "register.stranded_form", "printer"),
            ("注销登记表", "register.cancel_register", "printer"),
            ("销毁证明", "register.destruction_certificate", "printer"),
            ("岗位交接单", "register.post_hand_over", "printer"),
            ("已出具的表", "document.list", "history"),
        ),
    ),
)


def navigation(*, by: Actor, path: str) -> tuple[Group, ...]:
    """This function will list the groups and pages open to the actor, marking the current one."""
    open_to = [
        (heading, [(title, url, icon) for title, name, icon in entries if (url := door(name, by))])
        for heading, entries in MENU
    ]
    # The longest address that begins the path: 差异处理 lies below 到货与清点.
    under = [url for _, entries in open_to for _, url, _ in entries if _leads_to(url, path)]
    current = max(under, key=len, default="")
    return tuple(
        Group(heading, tuple(Item(*entry, active=entry[1] == current) for entry in entries))
        for heading, entries in open_to
        if entries
    )


def door(name: str, by: Actor) -> str:
    """This function will give the address of a page the actor may open, or "" when he may not."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return ""
    policy = getattr(resolve(url).func, "policy", None)
    return url if policy is None or by.role in policy.roles else ""


def _leads_to(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
