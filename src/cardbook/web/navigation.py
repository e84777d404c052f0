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
        "保管（第二十、二十一条）",
        (
            ("存放处与钥匙", "place.list", "cabinet"),
            ("保管检查", "check.list", "history"),
            ("事故报告", "incident.list", "warning"),
            ("盘点", "stocktake.list", "box"),
        ),
    ),
    ("机构与岗位（第五条、第二十条）", (("机构", "organization.list", "building"),)),
    (
        "登记表与台账",
        (
            ("领卡登记表", "register.pick_up", "printer"),
            ("入库清点单", "register.count", "printer"),
            ("岗位交接单", "register.post_hand_over", "printer"),
            ("存放登记", "register.keeping_places", "printer"),
            ("保管措施检查表", "register.keeping_check", "printer"),
            ("事故报告", "register.incident", "printer"),
            ("盘点表", "register.stocktake", "printer"),
            ("柜员轧账单", "register.desk_balance", "printer"),
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
