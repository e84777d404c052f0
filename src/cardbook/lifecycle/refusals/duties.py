"""Chapter 2: organisations and posts (Art. 5, 20)."""

from cardbook.law.articles import art
from cardbook.lifecycle.refusals.reasons import reason

ORG_CLOSED_NOW = reason(
    "ORG_CLOSED_NOW", "接收机构已经撤销，不能再接收卡或任命人员。", "请改选现有的机构。", art(5)
)
ORG_NOT_YOURS = reason(
    "ORG_NOT_YOURS",
    "“{name}”不在您的管理范围。",
    "县区内的机构由县区负责人或市局信息中心办理，其他由市局信息中心办理。",
    art(5),
)
ORG_CHANGED = reason(
    "ORG_CHANGED",
    "“{name}”已于 {on} 变更过，不能再从更早的 {asked} 变更。",
    "请改填 {on} 或以后的日期。",
    art(5),
)
ORG_DAY_AHEAD = reason(
    "ORG_DAY_AHEAD",
    "{asked} 还没有到，这一项不能预先办理。",
    "合并、拆分、交接要移交卡，须在当天或以后办；更名、调整隶属、设立、撤销、任免可以预先登记为计划。",
    art(5),
)
ORG_PLANNED = reason(
    "ORG_PLANNED",
    "“{name}”已计划自 {on} 起“{title}”，{asked} 不能再办其他变更。",
    "请先收回该计划，或改填 {on} 以后的日期。",
    art(5),
)
PLAN_GONE = reason(
    "PLAN_GONE", "这项计划已经生效或收回。", "请刷新页面；已生效的，另行办理变更。", art(5)
)
PLAN_FOLLOWED = reason(
    "PLAN_FOLLOWED",
    "“{name}”在这项计划之后还有安排：{what}。",
    "请先收回后面的计划和任命。",
    art(5),
)
COUNTY_UNFIT = reason(
    "COUNTY_UNFIT", "“{name}”不能这样合并。", "请选择两个不同的、现有的县区人社局。", art(5)
)
COUNTY_TOO_LARGE = reason(
    "COUNTY_TOO_LARGE",
    "“{name}”有 {count} 张未完结的卡，一次请求办不完。",
    "请系统管理员下班后在服务器上运行：cardbook merge-county {code} --into {into}"
    " --words 批文 --by {by}。",
    art(5),
)
COUNTY_MOVED_ON = reason(
    "COUNTY_MOVED_ON",
    "办理期间“{name}”又登记了 {count} 张卡或事项。",
    "没有改动任何记录，请再次办理；宜在下班后办理。",
    art(5),
)
ORG_NAME_UNFIT = reason(
    "ORG_NAME_UNFIT",
    "新名称为空，或与“{name}”原名称、同级机构名称相同。",
    "请核对批文后填写。",
    art(5),
)
ORG_CODE_TAKEN = reason(
    "ORG_CODE_TAKEN", "编号 {code} 已有机构使用。", "请换一个编号；编号永不重复使用。", art(5)
)
ORG_NOT_THAT_KIND = reason(
    "ORG_NOT_THAT_KIND",
    "“{name}”（{kind}）不能这样变更。",
    "只有同一县区、同一类别的下级机构可以合并、拆分；县区合并由市局信息中心在县区页面办理。",
    art(5),
)
ORG_PARENT_UNFIT = reason(
    "ORG_PARENT_UNFIT",
    "“{name}”不能归到“{parent}”之下。",
    "请选择同一县区内、不属于它自己的上级机构。",
    art(5),
)
ORG_HOLDS_CARDS = reason(
    "ORG_HOLDS_CARDS",
    "“{name}”还保管 {count} 张卡（{where}），不能撤销。",
    "请先办理合并，使卡随机构移交；在途的卡请先清点接收。",
    art(20),
)
ORG_HAS_MORE = reason(
    "ORG_HAS_MORE",
    "“{name}”还有 {posts} 个在任岗位、{parts} 个下级机构，不能撤销。",
    "请先解除或移交岗位、调整下级机构，或办理合并。",
    art(5),
)
ORG_IN_TRANSIT = reason(
    "ORG_IN_TRANSIT",
    "“{name}”有 {count} 张卡在途，不能合并。",
    "请先由收卡的机构点收，或由交出的机构在“机构间交接”追回；整批到货的，先清点接收，或登记查无下落。",
    art(6),
)
ORG_CARDS_ON_VISIT = reason(
    "ORG_CARDS_ON_VISIT",
    "“{name}”有 {count} 张卡由工作人员带出上门，还没有登记结果，不能合并。",
    "请先登记上门发放，没有发出的登记带回。",
    art(20),
)
ORG_CARDS_POSTED = reason(
    "ORG_CARDS_POSTED",
    "“{name}”有 {count} 张卡邮寄在途，还没有回执，不能合并。",
    "请先在“邮寄在途”登记签收，没有妥投的登记退回。",
    art(20),
)
POST_CARRIES_CARDS = reason(
    "POST_CARRIES_CARDS",
    "{name}带出上门的 {count} 张卡还没有登记结果。",
    "请先登记上门发放，没有发出的登记带回，再办岗位手续。",
    art(20),
)
POST_HOLDS_STOCK = reason(
    "POST_HOLDS_STOCK",
    "{name}任职的“{office}”还保管 {count} 张卡，不能直接解除。",
    "请办理岗位交接：两人点清、各自签名。",
    art(20),
)
POST_GONE = reason("POST_GONE", "该岗位已经解除或移交。", "请刷新页面。", art(5))
POST_HELD = reason("POST_HELD", "{name}已在“{office}”任该岗位。", "同一岗位不重复任命。", art(5))
POST_OF_THE_CITY = reason(
    "POST_OF_THE_CITY",
    "{role}的岗位设在市局、市局信息中心，“{office}”不设。",
    "请改选岗位；需要全市权限的，由市局信息中心任命。",
    art(5),
)
POST_TO_HIMSELF = reason(
    "POST_TO_HIMSELF", "不能给自己任命岗位。", "请另一位负责人或市局信息中心任命。", art(5)
)
STOCK_DIFFERS = reason(
    "STOCK_DIFFERS",
    "{place}点到 {counted} 张，与账面对不上。",
    "请两人重新清点（这里不显示账面数，免得照抄）；确有短少的，先查明下落并登记，再交接。",
    art(20),
)
STOCK_CHANGED = reason(
    "STOCK_CHANGED",
    "点交期间{place}的卡有进出。",
    "请停止收发后重新清点。",
    art(20),
)
HANDED_TO_HIMSELF = reason(
    "HANDED_TO_HIMSELF", "移交人和接收人不能是同一人。", "请由接任的人签名接收。", art(20)
)
ACCOUNT_UNKNOWN = reason(
    "ACCOUNT_UNKNOWN",
    "没有账号“{username}”。",
    "请核对用户名；新来的人，填写姓名即同时开立账号。",
    art(5),
)
ACCOUNT_TAKEN = reason(
    "ACCOUNT_TAKEN",
    "用户名“{username}”已有人使用。",
    "请换一个用户名；用户名不重复使用。",
    art(5),
)
ROUTING_SET = reason(
    "ROUTING_SET",
    "“{group}”自 {since} 起的分工已登记为“{office}”。",
    "请改填其他起始日期；更正当天的登记，请从次日起另定。",
    art(8, 1),
)
ROUTING_UNFIT = reason(
    "ROUTING_UNFIT",
    "“{office}”不能承担“{county}”的发放分工。",
    "请选择该县区的经办机构、卡管机构或窗口，或市级经办机构。",
    art(8, 1),
)
UNIT_FILE_COMPLETE = reason(
    "UNIT_FILE_COMPLETE",
    "{unit}的备案资料齐全，没有可催办的。",
    "只勾选资料不全或授权书快到期的单位。",
    art(8, 3),
)
GUIDANCE_NOT_FOR_YOU = reason(
    "GUIDANCE_NOT_FOR_YOU",
    "业务指导“{title}”不是发给您的岗位的。",
    "请换到收件的岗位签阅，或只作查看。",
    art(5, 1),
)
GUIDANCE_WITHDRAWN = reason(
    "GUIDANCE_WITHDRAWN",
    "业务指导“{title}”已于 {on} 撤回。",
    "请按新的业务指导办理。",
    art(5, 1),
)
CAMPAIGN_OVER = reason(
    "CAMPAIGN_OVER", "部署“{title}”已于 {on} 结束。", "请查看结果；需要时另行部署。", art(5)
)
CAMPAIGN_PART_UNFIT = reason(
    "CAMPAIGN_PART_UNFIT",
    "不能这样改派：该机构在“{title}”中的目标是 {had} 张。",
    "改派的张数至少 1 张，不超过它的目标。请刷新页面后再填。",
    art(5),
)
WAY_NOT_OPEN = reason(
    "WAY_NOT_OPEN",
    "{office}规定，自 {since} 起“{group}”不用“{way}”发放（{words}）。",
    "请改用：{ways}；需要开通的，由市局或县区负责人在“发放方式”登记。",
    art(7),
)
WAYS_DECIDED = reason(
    "WAYS_DECIDED",
    "“{group}”自 {since} 起的发放方式已登记为：{ways}。",
    "登记错了的，先在“发放方式”收回那一条，再重新登记。",
    art(7),
)
WAYS_NONE_LEFT = reason(
    "WAYS_NONE_LEFT",
    "没有给“{group}”选择任何发放方式。",
    "至少选择一种，持卡人才领得到卡。",
    art(7),
)
WAYS_WITHDRAWN = reason(
    "WAYS_WITHDRAWN", "这一条规定已于 {at} 收回。", "不用再办；需要时重新登记。", art(7)
)
REMIND_NOT_DUE = reason("REMIND_NOT_DUE", "{what}没有逾期，不用催办。", "只勾选逾期的。", art(5))
REMIND_OWN = reason(
    "REMIND_OWN", "{what}由本机构自己办，不用催办。", "请直接办理，或由上级催办。", art(5)
)
REMINDED_TODAY = reason(
    "REMINDED_TODAY", "{what}今天已由{name}催办。", "请等该机构办理，改日再催。", art(5)
)
