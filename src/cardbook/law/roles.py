"""The posts people hold under the regulation, and what each is for (Art. 5, 8, 12, 19, 28, 32).

`orgs` gives a role to a person; the table of acts names roles; nothing else grants anything.
"""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """One kind of post. Values are stored: never rename or reuse one."""

    label: str
    description: str
    basis: str

    def __new__(cls, value: str, label: str, description: str, basis: str) -> "Role":
        """Make a member that is its value and carries its Chinese words."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.description = description
        member.basis = basis
        return member

    @classmethod
    def of(cls, value: str) -> "Role":
        """This function will return the role stored as `value`.

        :raises ValueError: when there is none.
        """
        return cls(value)  # type: ignore[call-arg] # an Enum's call looks its member up

    CITY_MANAGER = (
        "city_manager",
        "市局信息中心管理员",
        "管理全市社保卡日常工作，向县区发卡、调拨，维护参数和解释",
        "第五条第一款",
    )
    COUNTY_MANAGER = (
        "county_manager",
        "县区人社局负责人",
        "组织本县区发放工作，审批差异、销号和例外事项",
        "第五条第二款",
    )
    CARD_KEEPER = (
        "card_keeper",
        "县区卡管机构卡管员",
        "领回、清点、分类入柜、下发和保管社保卡",
        "第六条",
    )
    WINDOW_CLERK = (
        "window_clerk",
        "综合服务窗口经办人",
        "核对身份、发放社保卡、告知事项、办理挂失和激活",
        "第八条第四款",
    )
    REVIEWER = (
        "reviewer",
        "复核员",
        "复核他人经办的事项，作为第二签字人；不能复核自己经办的事项",
        "第七条",
    )
    AGENCY_CLERK = (
        "agency_clerk",
        "经办机构经办人",
        "按参保单位和分工集中发放，收回签字明细表",
        "第八条第一款",
    )
    BANK_TELLER = (
        "bank_teller",
        "合作银行柜员",
        "在网点发放已点收的本行卡，收回、登记其中卡面有误和有质量问题的，催领、退回没有发出的，启用金融功能，受理补换卡，销毁错误卡和注销卡；只看本行的卡",
        "第二十二条",
    )
    VILLAGE_HELPER = (
        "village_helper",
        "镇村（社区）协办员",
        "在镇（街道）、村（社区）点收下发和退回的卡，协助发放和通知，保管未发出的卡并按期退回",
        "第十六条",
    )
    UNIT_HANDLER = (
        "unit_handler",
        "单位经办人",
        "为本单位集中领卡，组织本人签字，交回签字明细表",
        "第八条第三款",
    )
    HOTLINE_OPERATOR = (
        "hotline_operator",
        "12333话务员",
        "核实来电人，办理社保功能挂失，告知到银行挂失",
        "第二十八条",
    )
    AUDITOR = (
        "auditor",
        "审计（监督）员",
        "查看全部记录和凭据，核验台账；不能办理任何业务",
        "第三十二条",
    )
    SYSTEM_ADMIN = (
        "system_admin",
        "系统管理员",
        "维护机构、账号和运行环境；不能查看个人信息，不能办理业务",
        "第三十二条第四项",
    )
    SECURITY_ADMIN = (
        "security_admin",
        "安全管理员",
        "管理密钥、查看安全日志、审查权限；不能办理业务",
        "第三十二条第四项",
    )


# Who may look people and cards up, each within his own reach. Whoever runs the machines may not;
# a village or an employer sees only the cards it was given; the hotline finds a caller by the
# exact number he gives and nobody by name: the whole city is within its reach (Art. 28, 32).
SEES_PEOPLE: frozenset[Role] = frozenset(
    {
        Role.CITY_MANAGER,
        Role.COUNTY_MANAGER,
        Role.CARD_KEEPER,
        Role.WINDOW_CLERK,
        Role.REVIEWER,
        Role.AGENCY_CLERK,
        Role.AUDITOR,
    }
)

# Who issues a register of people: whoever sees them, but the auditor only reads (Art. 20, 32).
WRITES_REGISTERS: frozenset[Role] = SEES_PEOPLE - {Role.AUDITOR}

# Posts that reach every card of the city or run its machines: held at the city's own offices, or a
# county could give itself the city (Art. 5, 32).
OF_THE_CITY: frozenset[Role] = frozenset(
    {Role.CITY_MANAGER, Role.HOTLINE_OPERATOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}
)

# Whoever looks after the cards of his own office and of no other (Art. 16, 32 item 3).
OWN_OFFICE_ONLY: frozenset[Role] = frozenset({Role.VILLAGE_HELPER, Role.UNIT_HANDLER})


def roles_named(roles: Iterable[Role]) -> str:
    """This function will name posts in one line, in the same order everywhere."""
    return "、".join(sorted(role.label for role in roles))
