"""Who looked at whom, and who looked at very many in a minute; rows are added and never changed.

The trigger and the rights are in `sql/looks.sql` and `lifecycle/sql/grants.sql`.
"""

from django.db import models

from cardbook.cards.models import Card
from cardbook.chapters.looking import How
from cardbook.orgs.models import Organization, User
from cardbook.people.models import Person


class Look(models.Model):
    """One person shown to one operator; of several found together each has a row.

    Neither names nor numbers are in it, nor what was typed. Without a person nobody was found, or
    a list was searched that names many.
    """

    looked_at = models.DateTimeField("时间")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False
    )
    device = models.CharField(max_length=60, blank=True)
    # The name of the page's address.
    page = models.CharField(max_length=60)
    how = models.CharField(max_length=10, choices=How.choices)
    # Whether it is one of those of which only so many a minute go without a reason.
    counted = models.BooleanField()
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    card = models.ForeignKey(Card, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        indexes = (
            models.Index(fields=["person", "looked_at"], name="look_at_person"),
            models.Index(fields=["user", "looked_at"], name="look_by_user"),
            models.Index(fields=["looked_at"], name="look_in_time"),
        )


class LookAlarm(models.Model):
    """Somebody looked at more people in a minute than goes without a reason; then his reason.

    A row without a reason is the alarm itself, one with a reason what he said to it.
    """

    raised_at = models.DateTimeField("时间")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False
    )
    times = models.IntegerField("一分钟内次数")
    reason = models.CharField("原因", max_length=100, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["user", "raised_at"], name="look_alarm_of_user"),
            models.Index(fields=["raised_at"], name="look_alarm_in_time"),
        )
