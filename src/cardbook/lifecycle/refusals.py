"""Every reason to say no: a state of affairs, a Chinese sentence, its article and the way out.

The catalogue is listed in docs/generated/refusals.md; guards and `perform` answer with its codes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cardbook.law.articles import Basis, art


@dataclass(frozen=True, slots=True)
class Reason:
    """One entry of the catalogue; `{…}` in the sentence are filled from the case."""

    code: str
    sentence: str
    way_out: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason applied to one subject."""

    reason: Reason
    values: Mapping[str, object] = field(default_factory=dict)
    subject_id: int | None = None

    @property
    def code(self) -> str:
        """The stable code, for scripts and tests."""
        return self.reason.code

    @property
    def sentence(self) -> str:
        """What is wrong, in Chinese."""
        return self.reason.sentence.format_map(self.values)

    @property
    def way_out(self) -> str:
        """What to do next, in Chinese."""
        return self.reason.way_out.format_map(self.values)

    @property
    def article(self) -> str:
        """The article that stands behind it."""
        return self.reason.basis.label


class Refused(Exception):
    """The act was not done; nothing was changed. Carries every reason for every subject."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("；".join(f"{r.sentence}{r.way_out}" for r in self.refusals[:5]))


CATALOGUE: dict[str, Reason] = {}


def _reason(code: str, sentence: str, way_out: str, basis: Basis) -> Reason:
    if code in CATALOGUE:
        raise ValueError(f"two refusals named {code}")
    CATALOGUE[code] = Reason(code, sentence, way_out, basis)
    return CATALOGUE[code]


# Who may
POST_ENDED = _reason(
    "POST_ENDED",
    "经办人的岗位已经免去，没有办理，台账没有任何改变。",
    "请由在岗的人员重新办理。",
    art(5),
)
ROLE_MAY_NOT = _reason("ROLE_MAY_NOT", "“{role}”岗位不办理“{act}”。", "请由{roles}办理。", art(5))
OUT_OF_REACH = _reason(
    "OUT_OF_REACH",
    "该卡由{custodian}保管，不在您的办理范围（{reach}）。",
    "请联系该机构办理，或由其办理交接后再办。",
    art(5),
)
SECOND_PERSON_MISSING = _reason(
    "SECOND_PERSON_MISSING", "“{act}”须由两人办理。", "请由另一名{roles}签名确认。", art(6)
)
SECOND_PERSON_UNKNOWN = _reason(
    "SECOND_PERSON_UNKNOWN",
    "复核人的用户名或密码不对，或其今日没有岗位。",
    "请复核人本人重新输入。",
    art(6),
)
SECOND_PERSON_LOCKED = _reason(
    "SECOND_PERSON_LOCKED",
    "复核人的密码连续输错，账号已暂时锁定，或本地址输错过多。",
    "请 15 分钟后由复核人本人再输，或请另一名工作人员复核。",
    art(32),
)
SECOND_PERSON_SAME = _reason(
    "SECOND_PERSON_SAME", "经办人和复核人不能是同一人。", "请由另一名工作人员复核。", art(6)
)
SECOND_PERSON_MAY_NOT = _reason(
    "SECOND_PERSON_MAY_NOT",
    "{name}（{role}）不能为“{act}”作复核。",
    "请由本县区的{roles}复核。",
    art(5),
)

# Whether it fits
SUBJECT_UNKNOWN = _reason(
    "SUBJECT_UNKNOWN", "没有编号为 {id} 的{subject}。", "请重新查询后再办。", art(3)
)
ALREADY_ISSUED = _reason(
    "ALREADY_ISSUED",
    "该卡已由{last_org}于 {last_at} 发放。",
    "不能再次发放；如系误登，请由办理窗口撤销发放。",
    art(8, 4),
)
CARD_RECALLED = _reason(
    "CARD_RECALLED",
    "该卡已收回（{last_act}，{last_at}）。",
    "请为持卡人办理补换卡。",
    art(13),
)
CARD_RETURNED = _reason("CARD_RETURNED", "该卡已退回管理机构。", "请联系县区卡管机构。", art(17))
CARD_MISSING = _reason(
    "CARD_MISSING",
    "该卡登记为下落不明（{last_at}）。",
    "找到实物后，先由卡管员登记找回。",
    art(20),
)
CARD_CANCELLED = _reason(
    "CARD_CANCELLED", "该卡已注销，等待销毁。", "请为持卡人重新申领。", art(18)
)
CARD_DESTROYED = _reason("CARD_DESTROYED", "该卡已销毁。", "请为持卡人重新申领。", art(19))
STATE_DOES_NOT_FIT = _reason(
    "STATE_DOES_NOT_FIT",
    "当前{region}为“{value}”，不能办理“{act}”。",
    "请核对所查的卡是否正确。",
    art(7),
)
CARD_ON_LOSS = _reason(
    "CARD_ON_LOSS", "该卡已{value}。", "先由本人办理解挂，或办理补换卡。", art(28)
)
CARD_HAS_ERROR = _reason(
    "CARD_HAS_ERROR",
    "该卡登记为卡面信息有误，不能发放。",
    "请按信息错误流程收回并重新制卡。",
    art(13),
)
NOT_RECEIVED = _reason(
    "NOT_RECEIVED",
    "该卡仍在途，{custodian}尚未清点接收。",
    "请卡管员先清点接收该批次。",
    art(6),
)
PLACE_DOES_NOT_FIT = _reason(
    "PLACE_DOES_NOT_FIT",
    "该卡现在{place}（{custodian}），不能办理“{act}”。",
    "请先办理交接，使卡到可办理的位置。",
    art(20),
)
SLOT_TAKEN = _reason("SLOT_TAKEN", "盒 {box} 中第 {slots} 位已有卡。", "请改放其他空位。", art(20))
BOX_TOO_SMALL = _reason(
    "BOX_TOO_SMALL",
    "盒 {box} 只有 {free} 个空位，放不下 {count} 张。",
    "请分放到其他盒。",
    art(20),
)
SLOTS_EMPTY = _reason(
    "SLOTS_EMPTY",
    "盒 {box} 第 {slots} 位现在没有卡。",
    "请刷新页面，按现有的卡重新选择。",
    art(20),
)
ALREADY_THERE = _reason(
    "ALREADY_THERE", "卡 {number} 已在 {place}。", "不用再放；请扫下一张。", art(20)
)
CARD_NUMBER_UNKNOWN = _reason(
    "CARD_NUMBER_UNKNOWN",
    "台账没有卡号 {number}。",
    "请对照卡面核对；确有实物的，单独封存，报市局信息中心核实。",
    art(6),
)
DESTINATION_MISSING = _reason(
    "DESTINATION_MISSING", "没有说明卡要放到哪里。", "请选择柜-层-盒。", art(20)
)
DESTINATION_OUT_OF_REACH = _reason(
    "DESTINATION_OUT_OF_REACH", "接收位置不属于您的机构范围。", "请选择本县区的位置。", art(5)
)

# Holder and papers
HOLDER_DEAD = _reason(
    "HOLDER_DEAD",
    "登记显示持卡人已于 {died_on} 去世。",
    "不能发放；请按滞留卡退回，并填《滞留原因统计表》。",
    art(17),
)
HOLDER_IS_MINOR = _reason(
    "HOLDER_IS_MINOR",
    "持卡人今年 {age} 周岁，未满 {adult_age} 周岁。",
    "须由合法监护人持户口簿等证明代为领取。",
    art(11),
)
TEMPORARY_CARD_OUT = _reason(
    "TEMPORARY_CARD_OUT", "持卡人的临时卡 {number} 尚未收回。", "请先收回临时卡。", art(27)
)
ID_NOT_SEEN = _reason(
    "ID_NOT_SEEN", "没有查验本人有效身份证件原件。", "请查验原件后继续。", art(8, 4)
)
FACE_NOT_CHECKED = _reason(
    "FACE_NOT_CHECKED",
    "没有确认人、证、卡面一致。",
    "一致请确认；卡面有误请按信息错误收回。",
    art(8, 4),
)
CARD_NOT_SCANNED = _reason(
    "CARD_NOT_SCANNED", "没有扫描要发放的卡。", "请扫描卡面卡号，确认拿对了卡。", art(8, 4)
)
WRONG_CARD_SCANNED = _reason(
    "WRONG_CARD_SCANNED",
    "扫描的卡 {scanned} 不是这位持卡人的卡 {expected}。",
    "请放回该卡，到 {place} 取正确的卡。",
    art(8, 4),
)
CARD_UNREADABLE = _reason(
    "CARD_UNREADABLE",
    "该卡不能读写或卡面有质量问题，不能发放。",
    "请登记质量问题，办理免费补换。",
    art(9),
)
SIGNATURE_MISSING = _reason(
    "SIGNATURE_MISSING",
    "领卡人没有签字。",
    "请在屏幕上签字，或在纸质登记表上签字后勾选“已在纸上签字”。",
    art(8, 4),
)
PAPER_MISSING = _reason(
    "PAPER_MISSING", "缺少材料：{paper}。", "请补交{alternatives}。", art(8, 4)
)
IMAGE_MISSING = _reason(
    "IMAGE_MISSING",
    "登记为“{paper}”，但没有收到图像。",
    "请重新采集或上传；留存纸质件的，请改选纸质。",
    art(8, 4),
)
NOTICE_NOT_GIVEN = _reason(
    "NOTICE_NOT_GIVEN", "还没有告知：{notice}。", "请向领卡人说明后勾选。", art(12)
)
DEFECT_NOT_NAMED = _reason(
    "DEFECT_NOT_NAMED",
    "没有说明是哪种质量问题。",
    "请选择污损、残缺、不能读写或其他并写明。",
    art(9),
)
APPLICATION_OPEN = _reason(
    "APPLICATION_OPEN",
    "该持卡人已有一件办理中的制卡申请。",
    "请继续办理原申请，或先撤回。",
    art(25),
)
NOT_THE_NEWEST = _reason(
    "NOT_THE_NEWEST",
    "要撤销的登记不是这张卡最新的一条。",
    "请打开卡片页，看过最新记录后再办。",
    art(7),
)
REASON_MISSING = _reason(
    "REASON_MISSING", "没有写明原因。", "请用一句话写明原因，供日后核查。", art(32)
)

CARD_NUMBER_TAKEN = _reason(
    "CARD_NUMBER_TAKEN", "卡号已登记。", "请核对明细，同一张卡只登记一次。", art(6)
)

NO_CARD_BODY = _reason(
    "NO_CARD_BODY",
    "“{organization}”所在县区没有登记社保卡综合管理机构。",
    "请系统管理员先登记该机构。",
    art(5, 2),
)
NO_MAKER = _reason(
    "NO_MAKER",
    "没有登记制卡机构或省级发卡机构。",
    "请系统管理员先登记，卡从哪里来才有据可查。",
    art(6),
)
FILE_BUSY = _reason("FILE_BUSY", "这份文件正在检查或入账。", "请等它完成，或先取消。", art(6))
FILE_NOT_CHECKED = _reason(
    "FILE_NOT_CHECKED",
    "这份文件已经入账、已经作废，或还没有检查。",
    "请刷新页面查看它现在的情况。",
    art(6),
)

# The opening balance
SOURCE_UNNAMED = _reason(
    "SOURCE_UNNAMED",
    "没有写明来源。",
    "请写明这份期初来自哪里，如“省平台导出”“城关镇纸质台账”。",
    art(6),
)
BALANCE_DAY_AHEAD = _reason(
    "BALANCE_DAY_AHEAD",
    "期初截止日 {as_of} 还没有到。",
    "请填写来源实际导出或抄录的日期。",
    art(6),
)
BALANCE_AFTER_START = _reason(
    "BALANCE_AFTER_START",
    "期初截止日 {as_of} 晚于本县区启用日 {live_on}。",
    "启用日之后的卡请按业务登记，不作期初。",
    art(6),
)
CLAIMS_GONE = _reason(
    "CLAIMS_GONE",
    "所选的 {count} 条来源说法已由别人处理，或不在您的管辖范围。",
    "请刷新页面后重新选择。",
    art(5),
)

# Counting
ALREADY_COUNTED = _reason(
    "ALREADY_COUNTED", "盒 {box} 的这次清点已经结束。", "请刷新页面查看结果。", art(6)
)
COUNT_GOES_ON = _reason(
    "COUNT_GOES_ON", "盒 {box} 还有人在扫描。", "请等扫描停下，再结束清点。", art(6)
)
COUNT_HAS_SCANS = _reason(
    "COUNT_HAS_SCANS",
    "盒 {box} 已扫描 {count} 张，不能放弃这次清点。",
    "请继续清点，或先删除误扫的卡号。",
    art(6),
)
BOX_NOT_CALLED_EMPTY = _reason(
    "BOX_NOT_CALLED_EMPTY",
    "盒 {box} 一张卡也没有扫描。",
    "请先扫描；确是空盒的，勾选“确认是空盒”后再结束。",
    art(6),
)
SEAL_REFUSED = _reason(
    "SEAL_REFUSED",
    "封签破损的盒按现行规定整盒拒收，不开箱清点。",
    "请原样封存，联系发卡的市局信息中心退回或到场查验。",
    art(6),
)
PILE_CHANGED = _reason(
    "PILE_CHANGED",
    "这一堆里有 {count} 张刚由别人入柜。",
    "请刷新页面，把剩下的卡入柜。",
    art(6),
)
ALREADY_RECEIVED = _reason(
    "ALREADY_RECEIVED",
    "该卡已由{last_org}于 {last_at} 清点接收。",
    "重复接收不改变任何登记。",
    art(6),
)

OTHER_CARD_ACTIVE = _reason(
    "OTHER_CARD_ACTIVE",
    "持卡人已有另一张社保功能启用的卡，一人只能有一张。",
    "请先查明并注销另一张，或将本卡登记为封存、注销。",
    art(22),
)

# Organisations and posts
ORG_CLOSED_NOW = _reason(
    "ORG_CLOSED_NOW", "接收机构已经撤销，不能再接收卡或任命人员。", "请改选现有的机构。", art(5)
)
ORG_NOT_YOURS = _reason(
    "ORG_NOT_YOURS",
    "“{name}”不在您的管理范围。",
    "县区内的机构由县区负责人或市局信息中心办理，其他由市局信息中心办理。",
    art(5),
)
ORG_CHANGED = _reason(
    "ORG_CHANGED",
    "“{name}”已于 {on} 变更过，不能再从更早的 {asked} 变更。",
    "请改填 {on} 或以后的日期。",
    art(5),
)
ORG_DAY_AHEAD = _reason(
    "ORG_DAY_AHEAD", "{asked} 还没有到。", "变更到日子再办，请填今天或以前的日期。", art(5)
)
ORG_NAME_UNFIT = _reason(
    "ORG_NAME_UNFIT",
    "新名称为空，或与“{name}”原名称、同级机构名称相同。",
    "请核对批文后填写。",
    art(5),
)
ORG_CODE_TAKEN = _reason(
    "ORG_CODE_TAKEN", "编号 {code} 已有机构使用。", "请换一个编号；编号永不重复使用。", art(5)
)
ORG_NOT_THAT_KIND = _reason(
    "ORG_NOT_THAT_KIND",
    "“{name}”（{kind}）不能这样变更。",
    "只有同一县区、同一类别的下级机构可以合并、拆分；县区和市局的变动请报省厅后另行处理。",
    art(5),
)
ORG_PARENT_UNFIT = _reason(
    "ORG_PARENT_UNFIT",
    "“{name}”不能归到“{parent}”之下。",
    "请选择同一县区内、不属于它自己的上级机构。",
    art(5),
)
ORG_HOLDS_CARDS = _reason(
    "ORG_HOLDS_CARDS",
    "“{name}”还保管 {count} 张卡（{where}），不能撤销。",
    "请先办理合并，使卡随机构移交；在途的卡请先清点接收。",
    art(20),
)
ORG_HAS_MORE = _reason(
    "ORG_HAS_MORE",
    "“{name}”还有 {posts} 个在任岗位、{parts} 个下级机构，不能撤销。",
    "请先解除或移交岗位、调整下级机构，或办理合并。",
    art(5),
)
ORG_IN_TRANSIT = _reason(
    "ORG_IN_TRANSIT",
    "“{name}”有 {count} 张卡在途，不能合并。",
    "请先清点接收，或登记查无下落。",
    art(6),
)
POST_HOLDS_STOCK = _reason(
    "POST_HOLDS_STOCK",
    "{name}任职的“{office}”还保管 {count} 张卡，不能直接解除。",
    "请办理岗位交接：两人点清、各自签名。",
    art(20),
)
POST_GONE = _reason("POST_GONE", "该岗位已经解除或移交。", "请刷新页面。", art(5))
POST_HELD = _reason("POST_HELD", "{name}已在“{office}”任该岗位。", "同一岗位不重复任命。", art(5))
STOCK_DIFFERS = _reason(
    "STOCK_DIFFERS",
    "{place}账面 {book} 张，点交 {counted} 张，对不上。",
    "请重新清点；确有短少的，先查明下落并登记，再交接。",
    art(20),
)
STOCK_CHANGED = _reason(
    "STOCK_CHANGED",
    "点交期间{place}的卡有进出（现有 {book} 张）。",
    "请停止收发后重新清点。",
    art(20),
)
HANDED_TO_HIMSELF = _reason(
    "HANDED_TO_HIMSELF", "移交人和接收人不能是同一人。", "请由接任的人签名接收。", art(20)
)

# Asking twice
KEY_REUSED = _reason(
    "KEY_REUSED",
    "同一办理编号已用于另一笔内容不同的业务。",
    "请刷新页面后重新办理。",
    art(7),
)
