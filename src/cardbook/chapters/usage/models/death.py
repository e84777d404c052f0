"""What was found out about cards received on or after the day their holder died (Art. 17)."""

from django.db import models

from cardbook.cards.models import Card
from cardbook.orgs.models import User


class LateHandOver(models.Model):
    """A hand-over the book says was on or after the death, with what came of asking about it.

    Which hand-overs these are is computed from the ledger; a row is written when one is settled.
    `event_id` is the hand-over's own. No register changes by it: what was wrong is corrected by an
    act - the hand-over or the death taken back, the card cancelled or stopped.
    """

    class Outcome(models.TextChoices):
        """What was found out."""

        DAY_WRONG = "day_wrong", "领取在去世之前，日期登记有误"
        FAMILY = "family", "家属领取，已告知交回、注销"
        NOT_DEAD = "not_dead", "死亡登记有误，已更正"
        MISUSE = "misuse", "涉嫌冒领，已移交"

    event_id = models.BigIntegerField("发放记录", unique=True)
    card = models.ForeignKey(Card, models.PROTECT, related_name="+")
    outcome = models.CharField("查明", max_length=20, choices=Outcome.choices)
    words = models.CharField("说明", max_length=200)
    settled_at = models.DateTimeField("办结时间")
    settled_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(words=""),
                name="late_hand_over_says_how",
                violation_error_message="请写明怎样查明的",
            ),
        )
