"""Chapter 8: applications and their fee, the card in use (Art. 22 to 31)."""

from cardbook.law.articles import art
from cardbook.lifecycle.refusals.reasons import reason

# Applications (Art. 4, 25, 26)
APPLICATION_OPEN = reason(
    "APPLICATION_OPEN",
    "该持卡人已有一件办理中的制卡申请{which}。",
    "请继续办理原申请，或先撤回。",
    art(25),
)
FEE_NOT_SETTLED = reason(
    "FEE_NOT_SETTLED",
    "工本费{state}，不能提交制卡。",
    "请先收费；符合减免条件的，由第二人办理减免；已经退还的，撤回本申请，要制卡的重新受理。",
    art(26),
)
FEE_IS_ANOTHER = reason(
    "FEE_IS_ANOTHER",
    "应收工本费 {due}，登记的是 {given}。",
    "金额由系统按收费标准算出，不能更改；请按应收金额收取。",
    art(26),
)
CARD_IS_FREE = reason(
    "CARD_IS_FREE",
    "该申请按收费标准不收费。",
    "不得收取任何费用，已经收了的请当面退还；登记收费的尝试记录在案，由负责人查实。"
    "有人要求收费的，登记为“拒绝收费”。",
    art(4),
)
FEE_PAID_ALREADY = reason(
    "FEE_PAID_ALREADY",
    "该申请的工本费已收，一件申请只收一次。",
    "请补打票据；多收的凭票据退还。",
    art(26),
)
FEE_NOT_RETURNED = reason(
    "FEE_NOT_RETURNED",
    "该持卡人 {taken_on} 为申请 {application} 交的工本费还没有退，不能再收一次。",
    "请先两人办理退费（申请 {application} 已撤回），再收这一件；或给这一件办理减免。",
    art(26),
)
RECEIPT_TAKEN = reason(
    "RECEIPT_TAKEN",
    "这个票据号在本机构已登记过。",
    "请核对票据号；没有纸质票据的留空，由系统编号。",
    art(26),
)
HOLDS_LIVING_CARD = reason(
    "HOLDS_LIVING_CARD",
    "该持卡人已有一张社保卡 {number}（{state}），一人只能有一张。",
    "不是首次申领；丢失、损坏或要换卡的，请按补换卡办理。",
    art(4),
)
CARD_OF_ANOTHER_CITY = reason(
    "CARD_OF_ANOTHER_CITY",
    "{place}发的卡不在本市台账，本市只能查询和代报临时挂失，不能办理{matter}。",
    "请持卡人到发卡地的社保卡综合服务窗口办理，或打发卡地区号加 12333 咨询；"
    "关系已转入本市的，先办理转入。",
    art(28),
)
PROVINCE_HAS_CARD = reason(
    "PROVINCE_HAS_CARD",
    "省系统 {at} 查得该持卡人在外地已有社保卡 {number}（{state}），一人只能有一张。",
    "不按首次申领办理：关系转入本市的，申领类型选“社保关系转入”，由持卡人选定保留哪一张；"
    "卡丢失、损坏的到发卡地补换。",
    art(4),
)
PROVINCE_HAS_APPLICATION = reason(
    "PROVINCE_HAS_APPLICATION",
    "省系统 {at} 查得该持卡人另有{what}。",
    "请持卡人到原受理地领卡或撤回，办结后再受理；本市已经撤回的，请卡管员在“待办消息”"
    "办结“撤销制卡、补换卡申请”，省系统撤销以后再受理。",
    art(25),
)
NO_CARD_TO_REPLACE = reason(
    "NO_CARD_TO_REPLACE",
    "旧卡 {number} 现为“{state}”，不能按“{reason}”补换。",
    "已注销、已收回的卡不再补换；从未领过卡的按首次申领办理。",
    art(26),
)
OLD_CARD_NOT_ON_LOSS = reason(
    "OLD_CARD_NOT_ON_LOSS",
    "旧卡 {number} 没有正式挂失，不能按丢失补卡。",
    "请先办理正式挂失（本页可一并办理），旧卡随补卡提交注销。",
    art(28),
)
REASON_OF_OTHER_WINDOW = reason(
    "REASON_OF_OTHER_WINDOW",
    "“{reason}”由{window}受理，本窗口不受理。",
    "请持卡人带身份证和旧卡到社保卡综合服务窗口办理，不要收费；"
    "银行窗口只受理个人原因的丢失、损坏。",
    art(26),
)
REASON_FROM_WRONG_CARD = reason(
    "REASON_FROM_WRONG_CARD",
    "“{reason}”的补换由错卡处理开出，不在这里受理。",
    "请先按信息错误收回登记；省系统确认、公安更正后，在错卡处理里转补换卡。",
    art(15),
)
DEFECT_NOT_TESTED = reason(
    "DEFECT_NOT_TESTED",
    "没有检测和鉴定，不能按质量问题免费补换。",
    "请当面检测旧卡，选择质量问题、检测结果和鉴定结论；个人原因损坏的按“损坏”受理。",
    art(9),
)
DEFECT_NOT_PROVEN = reason(
    "DEFECT_NOT_PROVEN",
    "选了“不能在读卡设备上读写”，检测结果却是“{reading}”。",
    "请把卡放到读卡设备上试读后再选；能读写的，不是这种质量问题。",
    art(9),
)
SAME_BANK = reason(
    "SAME_BANK",
    "新选的制卡银行就是原来的{bank}，没有更换服务银行。",
    "请选另一家银行；不换银行的，按其他原因补换。",
    art(25),
)
CHANGE_NOT_SAID = reason(
    "CHANGE_NOT_SAID",
    "没有写明哪项信息变更了。",
    "请照更正后的身份证填写新姓名；其他项目变更的，写在说明里。",
    art(15),
)
RENEWAL_TOO_EARLY = reason(
    "RENEWAL_TOO_EARLY",
    "旧卡有效期至 {expires_on}，到期前 {days}内才能按到期换卡。",
    "请在 {opens_on} 以后办理；有其他原因的按其他原因补换。",
    art(25),
)
APPLICANT_DEAD = reason(
    "APPLICANT_DEAD",
    "登记显示持卡人已于 {died_on} 去世，不能申请新卡。",
    "登记有误的请先核实更正；旧卡由权益继承人申请注销。",
    art(29),
)
GROUND_MISSING = reason(
    "GROUND_MISSING",
    "没有写明发放依据（参加哪项社会保险或领取哪项补贴）及在哪里查到。",
    "请查参保（补贴）信息后填写；查不到的不属于发放范围。",
    art(4),
)
BANK_SILENT = reason(
    "BANK_SILENT",
    "没有写明银行的答复从何而来（回盘文件、接口、书面）及日期。",
    "请照银行回执填写来源和日期；日期不能晚于今天。",
    art(25),
)
NAME_NOT_ENCODABLE = reason(
    "NAME_NOT_ENCODABLE",
    "“{field}”中的“{characters}”不能用银行文件的编码（{encoding}）写出。",
    "请核对用字；确是生僻字的，照与银行的约定填“银行写法”后再提交。",
    art(25),
)
TEXT_TOO_LONG = reason(
    "TEXT_TOO_LONG",
    "“{field}”按银行文件的编码是 {bytes} 字节，最多 {most} 字节。",
    "请改用规范的简写；不能截断姓名和证件号码。",
    art(25),
)
# Activation (Art. 22)
OTHER_CARD_WORKS = reason(
    "OTHER_CARD_WORKS",
    "持卡人的另一张卡 {number} 社保功能仍在用，一人只能有一张。",
    "请先收回并注销旧卡，再激活这张。",
    art(22),
)
CARD_NOT_SEEN = reason(
    "CARD_NOT_SEEN",
    "没有查验社保卡原件。",
    "请查验卡片；卡不在手的，先办理挂失。",
    art(22),
)
BANK_NOT_NAMED = reason(
    "BANK_NOT_NAMED",
    "没有写明银行状态的来源或时间。",
    "请写明是哪家银行、何时的状态；不能用社保一侧的结果代替。",
    art(22),
)
BANK_WORD_OLDER = reason(
    "BANK_WORD_OLDER",
    "台账已有 {known_at} 的银行状态“{known}”，这一份是 {given_at} 的，旧的不覆盖新的。",
    "不用登记；如确以这一份为准，请银行按现状重新出具回执。",
    art(22),
)
# Loss (Art. 28)
ACTIVATION_AGENT_LIMIT = reason(
    "ACTIVATION_AGENT_LIMIT",
    "该代办人{span}已为他人激活 {count} 张，最多 {limit}。",
    "请持卡人本人到窗口激活，或由其他亲属凭委托书代办。",
    art(22),
)
LIFT_AGENT_LIMIT = reason(
    "LIFT_AGENT_LIMIT",
    "该代办人{span}已为他人解除挂失 {count} 张，最多 {limit}。",
    "请持卡人本人来电或到窗口解挂，或由其他亲属凭委托书代办。",
    art(28),
)
PROXY_LIFTS_AT_WINDOW = reason(
    "PROXY_LIFTS_AT_WINDOW",
    "代办人在电话里不能解除口头挂失。",
    "请持卡人本人来电，答对核验问题后解挂；或由代办人带委托书和两人证件到窗口办理。",
    art(28),
)
AGENT_UNKNOWN = reason(
    "AGENT_UNKNOWN",
    "没有登记是谁来代办正式挂失。",
    "请照代办人的证件填写姓名和证件号码。",
    art(28),
)
PROXY_LIFTS_NO_FORMAL = reason(
    "PROXY_LIFTS_NO_FORMAL",
    "正式挂失不能由代办人解除。",
    "请持卡人本人或监护人带证件和找回的卡来办理。",
    art(28),
)
CALLER_NOT_VERIFIED = reason(
    "CALLER_NOT_VERIFIED",
    "来电人答对 {count} 个核验问题，规定至少 {least}。",
    "请再问一个问题；不能核实身份的，请持证件到窗口办理。",
    art(28),
)
LOSS_TERM_MISFIT = reason(
    "LOSS_TERM_MISFIT",
    "口头挂失有效期按规定为 {days}，登记的截止时间不符。",
    "截止时间由系统算出，请刷新页面后重新提交。",
    art(28),
)
LOSS_NOT_RELEASABLE = reason(
    "LOSS_NOT_RELEASABLE",
    "正式挂失{rule}，不能解挂。",
    "请按补卡办理；规则由市局确定（第三十三条）。",
    art(28),
)
REPLACEMENT_UNDER_WAY = reason(
    "REPLACEMENT_UNDER_WAY",
    "这张卡已申请补换（{progress}）。",
    "要继续用旧卡的，请先撤回补换申请再解挂。",
    art(28),
)
OLD_CARD_OUT = reason(
    "OLD_CARD_OUT",
    "持卡人的旧卡 {number} 没有交回，也没有注销。",
    "请收回旧卡；旧卡丢了的，先正式挂失并注销旧卡，再发新卡。",
    art(26),
)
OLD_CARD_STILL_SERVES = reason(
    "OLD_CARD_STILL_SERVES",
    "卡 {number} 没有补换申请，也没有注销，不能当旧卡收回。",
    "请先受理补换卡；持卡人不再用卡的，按注销办理。",
    art(26),
)
OLD_CARD_IS_ANOTHERS = reason(
    "OLD_CARD_IS_ANOTHERS",
    "卡 {number} 不是这位持卡人的旧卡。",
    "请核对交回的卡；刷新页面后重新办理。",
    art(26),
)
# The holder's death (Art. 17, 29)
DEATH_NOTED_ALREADY = reason(
    "DEATH_NOTED_ALREADY",
    "持卡人已登记为 {died_on} 去世。",
    "不用再登记；登记有误的，由卡管员先办“更正误登的死亡”，再重新登记。",
    art(29),
)
DEATH_NOT_NOTED = reason(
    "DEATH_NOT_NOTED",
    "没有登记持卡人死亡，没有可更正的登记。",
    "请核对所查的卡是否正确。",
    art(29),
)
DEATH_AHEAD = reason(
    "DEATH_AHEAD",
    "死亡日期 {died_on} 还没有到。",
    "请照证明填写；日期不能晚于今天。",
    art(17),
)
DEATH_BEFORE_BIRTH = reason(
    "DEATH_BEFORE_BIRTH",
    "死亡日期 {died_on} 早于持卡人的出生日期。",
    "请对照证明核对日期，并核对是不是这位持卡人。",
    art(17),
)
# Cancellation and transfer (Art. 29, 30)
SUCCESSOR_TOO_EARLY = reason(
    "SUCCESSOR_TOO_EARLY",
    "登记没有显示持卡人去世，权益继承人不能申请注销。",
    "请照证明填写死亡日期，与注销一并登记（须复核人签名）；持卡人在世的，由本人或监护人申请。",
    art(29),
)
HOLDER_CANNOT_ASK = reason(
    "HOLDER_CANNOT_ASK",
    "登记显示持卡人已于 {died_on} 去世，不能由本人申请。",
    "请由权益继承人持证明办理，并核实来人身份。",
    art(29),
)
OFFICE_ASKS_APART = reason(
    "OFFICE_ASKS_APART",
    "机构统一办理的注销另有业务，须凭函件、两人办理。",
    "请从卡片页选“机构统一办理注销社保功能”。",
    art(29),
)
REASON_IS_NOT_HIS = reason(
    "REASON_IS_NOT_HIS",
    "{asker}不能以“{reason}”申请注销。",
    "这个原因由{askers}申请；请核对注销原因和申请人。",
    art(29),
)
CHIP_DIFFERS = reason(
    "CHIP_DIFFERS",
    "芯片里的{field}与台账不一致：芯片是 {chip}，台账是 {book}。",
    "读的不是这张卡的，请换卡重读；是这张卡的，不能激活，请收回并按信息错误登记（第十三条）。",
    art(13),
)
ASKER_UNKNOWN = reason(
    "ASKER_UNKNOWN",
    "没有登记是哪一位{asker}来申请注销。",
    "请照其证件填写申请人姓名、证件号码和与持卡人关系。",
    art(29),
)
ASKER_IS_HOLDER = reason(
    "ASKER_IS_HOLDER",
    "填写的{asker}就是持卡人本人。",
    "由本人申请的请选“本人”；由他人申请的请照申请人的证件填写。",
    art(29),
)
ASKER_DEAD = reason("ASKER_DEAD", "登记显示申请人已于 {died_on} 去世。", "请核对证件。", art(29))
DEATH_NOT_RECORDED = reason(
    "DEATH_NOT_RECORDED",
    "台账没有登记持卡人死亡，不能因死亡注销。",
    "请照证明填写死亡日期，与注销一并登记（须复核人签名）；持卡人在世的请核对注销原因。",
    art(29),
)
NO_SECOND_CARD = reason(
    "NO_SECOND_CARD",
    "没有查到持卡人的另一张可用的卡（{said}），不能按一人多卡注销。",
    "请核对注销原因；省系统没有应答的，请在省系统页面查到另一张卡后填写卡号。",
    art(29),
)
PLASTIC_NOT_SAID = reason(
    "PLASTIC_NOT_SAID",
    "没有说明交回的卡是好卡还是坏卡。",
    "请看卡后选择；卡没有交回的，不要登记收回。",
    art(29),
)
UNFETCHED_GONE = reason(
    "UNFETCHED_GONE",
    "页面上还没有发放的那张卡，现在已不在保管处，没有注销任何卡。",
    "请重新打开本页，看清持卡人名下各卡在哪里，再逐张办理。",
    art(30),
)
