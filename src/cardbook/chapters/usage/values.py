"""What may be chosen in this chapter, for forms and models alike (Art. 22, 25)."""

from django.db import models


class Delivery(models.TextChoices):
    """How the new card is to reach its holder (Art. 7)."""

    WINDOW = "window", "窗口自取"
    BANK = "bank", "银行网点领取"
    POST = "post", "邮寄"


class PhotoSource(models.TextChoices):
    """Where the photo for the card comes from."""

    KEPT = "kept", "沿用登记照片"
    BROUGHT = "brought", "现场采集或自备"
    POLICE = "police", "公安照片"


class VisitResult(models.TextChoices):
    """What came of a holder's way to the bank (Art. 22)."""

    ACTIVE = "active", "已启用"
    REFUSED = "refused", "未能启用"
    STAYED_AWAY = "stayed_away", "没有来"


# What became of setting a new social password; kept as text in the ledger's facts.
PIN_RESULTS = {"done": "持卡人本人已输入新密码", "failed": "未成功"}


class CallResult(models.TextChoices):
    """What came of calling a holder whose card is not in full use (Art. 22)."""

    WILL_COME = "will_come", "答应来办"
    TOLD = "told", "已告知"
    NO_ANSWER = "no_answer", "无人接听"
    WRONG_NUMBER = "wrong_number", "号码不对"
    AWAY = "away", "外出未归"
    REFUSES = "refuses", "不需要"


class OfferKind(models.TextChoices):
    """What a bank promises (Art. 24)."""

    DISCOUNT = "discount", "优惠措施"
    OUTLET = "outlet", "服务网点"
    MACHINE = "machine", "自助设备"


class Decision(models.TextChoices):
    """What becomes of somebody whose relation comes here: the holder chooses, the province hears.

    A new card is heard of with its application, what does not come at all is not.
    """

    KEEP = "keep", "原卡继续使用"
    HERE = "here", "使用本市的卡"
    APPLY = "apply", "已受理申领新卡"
    NONE = "none", "不办转入（误列、未转来）"


class UseField(models.TextChoices):
    """In which field of public service a card is used (Art. 23)."""

    MEDICAL = "medical", "就医购药"
    PENSION = "pension", "养老"
    UNEMPLOYMENT = "unemployment", "失业与就业"
    INJURY = "injury", "工伤"
    SUBSIDY = "subsidy", "补贴与待遇发放"
    TRANSPORT = "transport", "交通出行"
    CULTURE = "culture", "文化旅游"
    IDENTITY = "identity", "身份凭证与查询"
    OTHER = "other", "其他"


class Carrier(models.TextChoices):
    """What a use asks for: the card of plastic, the electronic one, or either (Art. 2, 23)."""

    PLASTIC = "plastic", "实体卡"
    ELECTRONIC = "electronic", "电子社保卡"
    BOTH = "both", "实体卡、电子社保卡均可"


class ComplaintEnd(models.TextChoices):
    """How a complaint about a bank's promise was closed (Art. 24)."""

    SETTLED = "settled", "已解决"
    NOT_SETTLED = "not_settled", "未解决"
    UNFOUNDED = "unfounded", "情况不实"


class ChargeEnd(models.TextChoices):
    """How a charge that nobody owed was cleared up (Art. 26, 32 item 2)."""

    NOT_TAKEN = "not_taken", "没有收到钱"
    RETURNED = "returned", "已退还"
    PASSED_ON = "passed_on", "移交有关部门处理"
