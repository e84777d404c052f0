"""Where each card is: accounts, movements and postings in double entry (architecture, section 5).

`postings.py` writes; a trigger keeps `Position` - the one place of each card - from the postings.
"""

from django.db import models
from django.db.models import Q

from cardbook.cards.models import Card
from cardbook.custody.places import Place
from cardbook.orgs.models import Organization


class Account(models.Model):
    """A place answerable for cards: one of each kind for an office, but any number of boxes."""

    kind = models.CharField(max_length=20, choices=[(str(p), p.label) for p in Place])
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="accounts")
    code = models.CharField("编号", max_length=40, default="")
    cabinet = models.CharField("柜", max_length=10, default="")
    shelf = models.CharField("层", max_length=10, default="")
    box = models.CharField("盒", max_length=10, default="")
    capacity = models.IntegerField("位数", default=0)
    label = models.CharField("分类", max_length=100, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "organization"],
                condition=~Q(kind=Place.BOX),
                name="account_once_per_organization",
            ),
            models.UniqueConstraint(
                fields=["organization", "code"],
                condition=Q(kind=Place.BOX),
                name="box_code_once",
                violation_error_message="该柜-层-盒编号已存在",
            ),
        )

    def __str__(self) -> str:
        return self.code or Place(self.kind).label


class Movement(models.Model):
    """One hand-over of any number of cards, tied by `batch` to the events that ordered it."""

    act = models.CharField(max_length=60)
    batch = models.UUIDField()
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(
        db_default=models.Func(template="clock_timestamp()", output_field=models.DateTimeField())
    )

    class Meta:
        indexes = (models.Index(fields=["batch"], name="movement_batch"),)


class Posting(models.Model):
    """-1 where a card leaves, +1 where it arrives; rows are never changed.

    A trigger looks for what a statement's postings name, all at once: the database's own checks,
    three for each row, took a quarter of the time of an act on fifty thousand cards.
    """

    movement = models.ForeignKey(Movement, models.PROTECT, db_index=False, db_constraint=False)
    account = models.ForeignKey(Account, models.PROTECT, db_index=False, db_constraint=False)
    card = models.ForeignKey(Card, models.PROTECT, db_index=False, db_constraint=False)
    amount = models.SmallIntegerField()
    slot = models.IntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__in=[-1, 1]), name="posting_minus_or_plus_one"
            ),
        )
        indexes = (models.Index(fields=["card", "id"], name="posting_card"),)


class Position(models.Model):
    """The one place of a card now; written by the trigger on postings and by nobody else.

    Its references need no checks of their own: they are those of a posting, checked there.
    """

    card = models.OneToOneField(
        Card, models.PROTECT, primary_key=True, related_name="position", db_constraint=False
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="positions", db_index=False, db_constraint=False
    )
    slot = models.IntegerField(null=True)
    movement = models.ForeignKey(Movement, models.PROTECT, db_index=False, db_constraint=False)
    since = models.DateTimeField()  # at its office: from shelf to shelf there it goes on
    received_at = models.DateTimeField(null=True)  # when it first lay on an office's shelf

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "slot"],
                condition=Q(slot__isnull=False),
                name="slot_holds_one_card",
                violation_error_message="该位已放有一张卡",
            ),
        )
        # What lies in a place, the longest there first: the order in which lists are read.
        indexes = (models.Index(fields=["account", "since", "card"], name="position_account"),)


class Tally(models.Model):
    """How many cards lie in an account since a day: rows to be added up (docs/adr/0018)."""

    account = models.ForeignKey(Account, models.PROTECT, db_index=False, db_constraint=False)
    since_on = models.DateField()
    cards = models.IntegerField()

    class Meta:
        indexes = (models.Index(fields=["account", "since_on"], include=["cards"], name="tally"),)


class Purpose(models.TextChoices):
    """Why cards travel from one office to another (Art. 6, 8, 9, 13, 17, 19)."""

    HAND_DOWN = "hand_down", "下发（分拨、上交）"
    RETURN = "return", "滞留退回"
    DESTROY = "destroy", "移交销毁"
    HOME = "home", "错卡、质量问题卡送回"


class Shipment(models.Model):
    """Cards one office gave up and another must acknowledge; in between they are in transit.

    `batch` ties it to the events and the movement that sent them. What is under way is read from
    positions: a card that lies where the sending put it has not arrived.
    """

    purpose = models.CharField("事由", max_length=20, choices=Purpose.choices)
    sender = models.ForeignKey(Organization, models.PROTECT, related_name="shipments_sent")
    receiver = models.ForeignKey(Organization, models.PROTECT, related_name="shipments")
    batch = models.UUIDField(unique=True)
    sent_at = models.DateTimeField("交出时间")
    words = models.CharField("说明", max_length=200, default="")

    class Meta:
        indexes = (
            models.Index(fields=["receiver", "-id"], name="shipment_receiver"),
            models.Index(fields=["sender", "-id"], name="shipment_sender"),
        )

    @property
    def number(self) -> str:
        """The running number, as printed on its list."""
        return f"JJ{self.pk:08d}"

    def __str__(self) -> str:
        return self.number


class ShipmentLine(models.Model):
    """One card of a shipment and its row on the list both sides sign."""

    pk = models.CompositePrimaryKey("shipment", "row")
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="lines", db_index=False)
    row = models.IntegerField("序号")
    card = models.ForeignKey(Card, models.PROTECT, related_name="+")
