"""Chapter 4: holder, card and papers at the window (Art. 8 to 12)."""

from cardbook.law.articles import art
from cardbook.lifecycle.refusals.reasons import reason

HOLDER_DEAD = reason(
    "HOLDER_DEAD",
    "登记显示持卡人已于 {died_on} 去世。",
    "不能发放；请按滞留卡退回，并填《滞留原因统计表》。",
    art(17),
)
HOLDER_SAID_DEAD = reason(
    "HOLDER_SAID_DEAD",
    "期初“{claim}”称持卡人已去世，还没有查明。",
    "请县区卡管员在“期初台账—已故持卡人”查明：确已去世的登记死亡；健在的由两人签名“查明健在”，再办理。",
    art(17),
)
HOLDER_IS_MINOR = reason(
    "HOLDER_IS_MINOR",
    "持卡人今年 {age} 周岁，未满 {adult_age} 周岁。",
    "须由合法监护人持户口簿等证明代为办理；满十六周岁、以自己的劳动收入为主要生活来源的，查验后勾选。",
    art(11),
)
ID_NOT_SEEN = reason(
    "ID_NOT_SEEN", "没有查验本人有效身份证件原件。", "请查验原件后继续。", art(8, 4)
)
FACE_NOT_CHECKED = reason(
    "FACE_NOT_CHECKED",
    "没有确认人、证、卡面一致。",
    "一致请确认；卡面有误请按信息错误收回。",
    art(8, 4),
)
CARD_NOT_SCANNED = reason(
    "CARD_NOT_SCANNED", "没有扫描要发放的卡。", "请扫描卡面卡号，确认拿对了卡。", art(8, 4)
)
WRONG_CARD_SCANNED = reason(
    "WRONG_CARD_SCANNED",
    "扫描的卡 {scanned} 不是这位持卡人的卡 {expected}。",
    "请放回该卡，到 {place} 取正确的卡。",
    art(8, 4),
)
CARD_UNREADABLE = reason(
    "CARD_UNREADABLE",
    "该卡不能读写或卡面有质量问题，不能发放。",
    "请登记质量问题，办理免费补换。",
    art(9),
)
SIGNATURE_MISSING = reason(
    "SIGNATURE_MISSING",
    "还没有签字。",
    "请在屏幕上签字，或在纸上签字、按手印（见证人签字），并在页面上选是哪一种。",
    art(8, 4),
)
DEFECT_NOT_NAMED = reason(
    "DEFECT_NOT_NAMED",
    "没有说明是哪种质量问题。",
    "请选择污损、残缺、不能读写或其他并写明。",
    art(9),
)
PROXY_NOT_NAMED = reason(
    "PROXY_NOT_NAMED",
    "没有写明代领原因、代领人与持卡人的关系，或选“其他”而没有说明。",
    "请按持卡人的实际情况选择并写明。",
    art(10),
)
PROXY_IS_HOLDER = reason(
    "PROXY_IS_HOLDER",
    "代领人就是持卡人本人。",
    "请按本人领取办理。",
    art(10),
)
MANDATE_JUST_REGISTERED = reason(
    "MANDATE_JUST_REGISTERED",
    "这份委托书刚刚由另一个窗口登记。",
    "请再办一次，系统会认出这份委托书。",
    art(10),
)
MANDATE_DOES_NOT_COVER = reason(
    "MANDATE_DOES_NOT_COVER",
    "委托书不能用：{why}。",
    "请持卡人重新出具写明代领人、事项、期限并签名的委托书。",
    art(10),
)
MANDATE_NOT_WITNESSED = reason(
    "MANDATE_NOT_WITNESSED",
    "委托书是按手印的，没有代领人以外的见证人签名。",
    "请由见证人在委托书上签名并登记其姓名；代领人不能作见证人。",
    art(10),
)
AGENT_LIMIT = reason(
    "AGENT_LIMIT",
    "该代领人{span}已代领 {count} 张，一天最多 {limit}。",
    "请由其他亲属代领，或改日由持卡人本人领取。",
    art(10),
)
AGENT_APPROVAL_MISSING = reason(
    "AGENT_APPROVAL_MISSING",
    "该代领人{span}已代领 {count} 张，满 {limit}后每一张都须经批准。",
    "请县区人社局负责人核实代领人与持卡人的关系，在本页签名批准。",
    art(10),
)
ROW_AGENT_MISSING = reason(
    "ROW_AGENT_MISSING",
    "第 {rows} 行由{signer}签收，没有写明他的{what}。",
    "请照签字明细表登记姓名、证件号码、与持卡人的关系和证明材料，再备案。",
    art(10),
)
ROW_PAPER_MISFIT = reason(
    "ROW_PAPER_MISFIT",
    "“{proof}”不能作这一行{signer}的证明材料（{why}）。",
    "须有{papers}；请核对后改正，没有的登记为未发。",
    art(10),
)
AGENT_NAME_DIFFERS = reason(
    "AGENT_NAME_DIFFERS",
    "{signer}的姓名与这个证件号码登记的姓名不一致。",
    "请照证件核对姓名和号码；证件上确是这个姓名的，由他本人持证件到窗口办理。",
    art(10),
)
AGENT_DEAD = reason(
    "AGENT_DEAD", "登记显示代领人（监护人）已于 {died_on} 去世。", "请核对证件。", art(10)
)
NO_GUARDIAN_NEEDED = reason(
    "NO_GUARDIAN_NEEDED",
    "持卡人已满 {adult_age} 周岁，且没有登记为无行为能力。",
    "请由本人领取，或凭委托书代领。",
    art(11),
)
GUARDIAN_NOT_NAMED = reason(
    "GUARDIAN_NOT_NAMED",
    "没有写明签收的监护人是谁、是持卡人的什么人。",
    "请照邮政回执和户口簿等证明填写监护人的姓名、证件号码和关系。",
    art(11),
)
GUARDIAN_IS_HOLDER = reason(
    "GUARDIAN_IS_HOLDER", "监护人就是持卡人本人。", "请重新扫描监护人的身份证。", art(11)
)
GUARDIAN_RELATION_MISFIT = reason(
    "GUARDIAN_RELATION_MISFIT",
    "“{relation}”不能担任这位持卡人的监护人。",
    "可由{relations}担任；请核对关系。",
    art(11),
)
GUARDIAN_ORDER_UNEXPLAINED = reason(
    "GUARDIAN_ORDER_UNEXPLAINED",
    "“{relation}”是后顺位的监护人，没有写明为何不由{before}监护。",
    "请一句话写明（例如：父母已去世、没有监护能力），并查验相应证明。",
    art(11),
)
GUARDIAN_IS_MINOR = reason(
    "GUARDIAN_IS_MINOR",
    "监护人今年 {age} 周岁，未满 {adult_age} 周岁，不能担任监护人。",
    "请由其他合法监护人来办。",
    art(11),
)
HANDLERS_TOO_FEW = reason(
    "HANDLERS_TOO_FEW",
    "“{unit}”在册有效的领卡经办人 {count} 人，规定 {least}。",
    "请先登记经办人和有效的授权书。",
    art(8, 3),
)
LETTER_NOT_VALID = reason(
    "LETTER_NOT_VALID",
    "“{unit}”没有有效的领卡授权书（介绍信）{why}。",
    "请单位出具新的授权书并登记。",
    art(8, 3),
)
KEEPING_PLAN_MISSING = reason(
    "KEEPING_PLAN_MISSING",
    "“{unit}”没有登记安全保管措施。",
    "请单位先报安全保管措施，登记后再领卡。",
    art(20),
)
SHEETS_OVERDUE = reason(
    "SHEETS_OVERDUE",
    "“{unit}”有 {count} 份签字明细表逾期未备案。",
    "请先交回逾期的明细表备案，再领新的卡。",
    art(8, 3),
)
SHEET_FILED = reason(
    "SHEET_FILED",
    "签字明细表 {sheet} 已于 {at} 由{name}备案。",
    "备案后的更正请逐行办理，不能再次备案。",
    art(8, 3),
)
SHEET_NOT_OVERDUE = reason(
    "SHEET_NOT_OVERDUE",
    "签字明细表 {sheet} 没有逾期未备案，不用催交。",
    "只勾选逾期未备案的明细表。",
    art(8, 3),
)
SHEET_REMINDED = reason(
    "SHEET_REMINDED",
    "签字明细表 {sheet} 今天已由{name}催交。",
    "请等单位答复，改日再催。",
    art(8, 3),
)
SHEET_SENT = reason(
    "SHEET_SENT",
    "签字明细表 {sheet} 已报送发放机构，正在等待备案。",
    "还要改的，请先撤回报送，改好再报。",
    art(8, 3),
)
SHEET_NOT_SENT = reason(
    "SHEET_NOT_SENT",
    "签字明细表 {sheet} 没有等待备案的报送。",
    "请刷新页面看它现在的情况。",
    art(8, 3),
)
SHEET_BEING_SET = reason(
    "SHEET_BEING_SET",
    "签字明细表 {sheet} 还在后台排版，没有页码可以对应。",
    "请等排版完成、打印签字后再上传影像和备案；久等不成的，在本页重新排版。",
    art(8, 3),
)
SHEET_UNBALANCED = reason(
    "SHEET_UNBALANCED",
    "应发 {due} 张，实发 {issued}、未发 {open}、退回 {returned}、错卡 {wrong}，合计不等。",
    "请逐行核对，每一行都要有结果。",
    art(8, 3),
)
SHEET_PAGES_MISSING = reason(
    "SHEET_PAGES_MISSING",
    "明细表共 {pages} 页，缺第 {missing} 页的影像。",
    "请补齐影像后备案。",
    art(8, 3),
)
NOT_ON_SHEET = reason(
    "NOT_ON_SHEET",
    "卡 {number} 不在签字明细表 {sheet} 上。",
    "请核对明细表编号和行号，不能签收不在本表的卡。",
    art(8, 3),
)
ROW_REASON_MISSING = reason(
    "ROW_REASON_MISSING",
    "第 {row} 行没有签字，也没有写明未领原因。",
    "请逐行选择未领原因。",
    art(8, 3),
)
SIGNED_AFTER_TODAY = reason(
    "SIGNED_AFTER_TODAY",
    "第 {row} 行的领取日期 {signed_on} 不在交卡之后、今天之前。",
    "请照明细表上的日期填写。",
    art(8, 3),
)
HOLDER_DEAD_AT_SIGNING = reason(
    "HOLDER_DEAD_AT_SIGNING",
    "第 {row} 行的持卡人登记为 {died_on} 去世，晚于此日的签收不予登记。",
    "请核实签字人；卡未交出的，按退回办理。",
    art(17),
)
NUMBER_NOT_RECHECKED = reason(
    "NUMBER_NOT_RECHECKED",
    "证件号码是手工输入的，还没有复核。",
    "请看着证件，再输入号码中屏幕上隐去的最后 4 位；或者用读卡器、扫描枪读取证件。",
    art(8, 4),
)
NUMBER_TYPED_DIFFERENTLY = reason(
    "NUMBER_TYPED_DIFFERENTLY",
    "再次输入的与{whose}的证件号码不一致。",
    "请看着证件重新输入；证件上确实不同的，先前的号码输错了，按证件上的号码重新开始。",
    art(8, 4),
)
NUMBER_SEEN_BY_ONE = reason(
    "NUMBER_SEEN_BY_ONE",
    "证件号码是手工输入的，须由另一名工作人员查验证件。",
    "请另一名{roles}查验证件后，本人输入用户名和密码；或者用读卡器、扫描枪读取证件。",
    art(8, 4),
)
COLLECTOR_UNKNOWN = reason(
    "COLLECTOR_UNKNOWN",
    "领卡人不是“{unit}”授权书上今天有效的经办人。",
    "请核对领卡人证件；换了经办人的，先登记单位的新授权书。",
    art(8, 3),
)
COLLECTOR_PHOTO_MISSING = reason(
    "COLLECTOR_PHOTO_MISSING",
    "没有留存“{unit}”领卡人的照片。",
    "请当面拍下领卡人或他的证件，在“领卡人照片”处上传（JPG 或 PNG，5 MB 以内）。",
    art(8, 3),
)
SHEET_CHANGED = reason(
    "SHEET_CHANGED",
    "签字明细表 {sheet} 刚由别人改动。",
    "请刷新页面，核对后再办。",
    art(8, 3),
)
SHEET_UNKNOWN = reason(
    "SHEET_UNKNOWN",
    "没有这份签字明细表，或它不是本县区的：{read}。",
    "请核对表上的二维码和编号；别的县区的表请交回出表的机构。",
    art(8, 3),
)
PAGE_OF_ANOTHER = reason(
    "PAGE_OF_ANOTHER",
    "扫到的是签字明细表 {other} 第 {page} 页，不是 {sheet} 的。",
    "请取出这一页放回原表，再扫本表的页。",
    art(8, 3),
)
SHEET_NOT_OUT = reason(
    "SHEET_NOT_OUT",
    "签字明细表 {sheet} {state}。",
    "请先交付；已交付的表只能登记签收和备案。",
    art(8, 3),
)
ROW_CLOSED = reason(
    "ROW_CLOSED",
    "第 {row} 行已按“{result}”备案，不能再勾。",
    "登错的行请两人办理更正。",
    art(8, 3),
)
ROW_CARD_GONE = reason(
    "ROW_CARD_GONE",
    "第 {row} 行的卡 {number} 已不在该单位（现在{place}）。",
    "登记为错卡的，本行记“错卡”；已上交的记“退回”；下落不明的记“未发”。",
    art(20),
)
ROW_NOT_WRONG = reason(
    "ROW_NOT_WRONG",
    "第 {row} 行的卡 {number} 没有登记为信息错误。",
    "请先登记信息错误并收回该卡，再记“错卡”。",
    art(13),
)
OTHER_WAY_OF_ISSUE = reason(
    "OTHER_WAY_OF_ISSUE",
    "卡 {number} 不是这样发放的：集中发放的在签字明细表上更正，其余的撤销发放。",
    "请在登记这次发放的地方更正。",
    art(8, 3),
)
BATCH_NOT_IN_ALARM = reason(
    "BATCH_NOT_IN_ALARM",
    "这个批次的质量问题率没有超过报警比例，或不在您的县区。",
    "请刷新页面；不用登记处理。",
    art(9),
)
ALARM_ANSWERED = reason(
    "ALARM_ANSWERED",
    "批次 {batch} 的报警已由{name}登记处理。",
    "请刷新页面查看；再发现质量问题卡会重新提醒。",
    art(9),
)
