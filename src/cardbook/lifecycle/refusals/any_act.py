"""Who may, whether it fits, and asking twice: reasons of any act."""

from cardbook.law.articles import art
from cardbook.lifecycle.refusals.reasons import reason

POST_ENDED = reason(
    "POST_ENDED",
    "经办人的岗位已经免去，没有办理，台账没有任何改变。",
    "请由在岗的人员重新办理。",
    art(5),
)
ROLE_MAY_NOT = reason("ROLE_MAY_NOT", "“{role}”岗位不办理“{act}”。", "请由{roles}办理。", art(5))
OUT_OF_REACH = reason(
    "OUT_OF_REACH",
    "该卡由{custodian}保管，不在您的办理范围（{reach}）。",
    "请联系该机构办理，或由其办理交接后再办。",
    art(5),
)
SECOND_PERSON_MISSING = reason(
    "SECOND_PERSON_MISSING", "“{act}”须由两人办理。", "请由另一名{roles}签名确认。", art(6)
)
# Who the second person mostly is; `signing_as` names another.
REVIEWS = {"who": "复核人"}
SECOND_PERSON_UNKNOWN = reason(
    "SECOND_PERSON_UNKNOWN",
    "{who}的用户名或密码不对，或其今日没有岗位。",
    "请{who}本人重新输入。",
    art(6),
)
SECOND_PERSON_LOCKED = reason(
    "SECOND_PERSON_LOCKED",
    "{who}的密码连续输错，账号已暂时锁定，或本地址输错过多。",
    "请 15 分钟后由{who}本人再输；可以由别人签名的，请另一名工作人员签。",
    art(32),
)
SECOND_PERSON_PASSWORD_GIVEN = reason(
    "SECOND_PERSON_PASSWORD_GIVEN",
    "{who}用的还是别人给的一次性密码，开立账号的人也知道它。",
    "请本人先登录，换成只有自己知道的密码，再签名。",
    art(32),
)
SECOND_PERSON_SAME = reason(
    "SECOND_PERSON_SAME",
    "“{act}”的两个签名不能是同一人，现在都是{name}。",
    "请由另一名工作人员签名。",
    art(6),
)
SECOND_PERSON_MAY_NOT = reason(
    "SECOND_PERSON_MAY_NOT",
    "{name}（{role}）不能作为第二人在“{act}”上签名。",
    "请由本县区的{roles}签名。",
    art(5),
)
SUBJECT_UNKNOWN = reason(
    "SUBJECT_UNKNOWN", "没有编号为 {id} 的{subject}。", "请重新查询后再办。", art(3)
)
ALREADY_ISSUED = reason(
    "ALREADY_ISSUED",
    "该卡已由{given_by}于 {came_at} 发放。",
    "不能再次发放；如系误登，请由办理窗口撤销发放。",
    art(8, 4),
)
CARD_RECALLED = reason(
    "CARD_RECALLED",
    "该卡已收回（{came_by}，{came_at}）。",
    "请为持卡人办理补换卡。",
    art(13),
)
CARD_RETURNED = reason(
    "CARD_RETURNED",
    "该卡已退回管理机构（{came_by}，{came_at}）。",
    "持卡人要领的，请{custodian}先办理“退回的卡恢复待发”。",
    art(17),
)
CARD_MISSING = reason(
    "CARD_MISSING",
    "该卡登记为下落不明（{came_at}）。",
    "找到实物后，先由卡管员登记找回。",
    art(20),
)
CARD_CANCELLED = reason(
    "CARD_CANCELLED",
    "该卡已注销，等待销毁；注销不能撤销。",
    "请持卡人到综合服务窗口重新申领；注销错了的按首次申领受理，不收费，"
    "“说明”写明误注销哪张卡，该卡照常销毁。",
    art(18),
)
CARD_DESTROYED = reason("CARD_DESTROYED", "该卡已销毁。", "请为持卡人重新申领。", art(19))
STATE_DOES_NOT_FIT = reason(
    "STATE_DOES_NOT_FIT",
    "当前{region}为“{value}”，不能办理“{act}”。",
    "请照现在的{region}办下一步；不是要办的那一张，请核对号码后重新查找。",
    art(7),
)
CARD_ON_LOSS = reason(
    "CARD_ON_LOSS", "该卡已{value}。", "先由本人办理解挂，或办理补换卡。", art(28)
)
CARD_HAS_ERROR = reason(
    "CARD_HAS_ERROR",
    "该卡登记为卡面信息有误，不能发放。",
    "请按信息错误流程收回并重新制卡。",
    art(13),
)
CARD_DEFECTIVE = reason(
    "CARD_DEFECTIVE",
    "该卡登记有质量问题，不能办理“{act}”。",
    "请移交银行销毁；持卡人领取免费补换的新卡。",
    art(9),
)
NOT_RECEIVED = reason(
    "NOT_RECEIVED",
    "该卡仍在途，{custodian}尚未清点接收。",
    "请{custodian}先清点接收：到货批次由卡管员办，交接清单由收卡的人办。",
    art(6),
)
CARD_AWAY = reason(
    "CARD_AWAY",
    "该卡现在{place}（{custodian}），不能办理“{act}”。",
    "请先由{roles}办理“{back}”，卡收回点清后再办。",
    art(20),
)
PLACE_DOES_NOT_FIT = reason(
    "PLACE_DOES_NOT_FIT",
    "该卡现在{place}（{custodian}），不能办理“{act}”。",
    "请先办理交接，使卡到可办理的位置。",
    art(20),
)
CARD_NUMBER_UNKNOWN = reason(
    "CARD_NUMBER_UNKNOWN",
    "台账没有卡号 {number}。",
    "请对照卡面核对；确有实物的，单独封存，报市局信息中心核实。",
    art(6),
)
DESTINATION_MISSING = reason(
    "DESTINATION_MISSING", "没有说明卡要放到哪里。", "请选择柜-层-盒。", art(20)
)
DESTINATION_OUT_OF_REACH = reason(
    "DESTINATION_OUT_OF_REACH", "接收位置不属于您的机构范围。", "请选择本县区的位置。", art(5)
)
PAPER_MISSING = reason("PAPER_MISSING", "缺少材料：{paper}。", "请补交{alternatives}。", art(8, 4))
IMAGE_MISSING = reason(
    "IMAGE_MISSING",
    "登记为“{paper}”，但没有收到图像。",
    "请重新采集或上传；留存纸质件的，请改选纸质。",
    art(8, 4),
)
NOTICE_NOT_GIVEN = reason(
    "NOTICE_NOT_GIVEN", "还没有告知：{notice}。", "请向领卡人说明后勾选。", art(12)
)
NOT_THE_NEWEST = reason(
    "NOT_THE_NEWEST",
    "要撤销的登记不是这张卡最新的一条。",
    "请打开卡片页，看过最新记录后再办。",
    art(7),
)
REASON_MISSING = reason(
    "REASON_MISSING", "没有写明原因。", "请用一句话写明原因，供日后核查。", art(32)
)
OTHER_CARD_ACTIVE = reason(
    "OTHER_CARD_ACTIVE",
    "持卡人已有另一张社保功能启用的卡，一人只能有一张。",
    "请先查明并注销另一张，或将本卡登记为封存、注销。",
    art(22),
)
KEY_REUSED = reason(
    "KEY_REUSED",
    "同一办理编号已用于另一笔内容不同的业务。",
    "请刷新页面后重新办理。",
    art(7),
)
