"""Article 6: what arrives at a county - the delivery, its boxes, each count of a box - and what
was there before this book began: the sources of the opening balance and what they claim.

`receive/` counts, `sort/` puts cards into slots, `opening/` takes over; the card is in the kernel.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cardbook.cards.models import Card
from cardbook.chapters.intake.card_accounts import CardAccount  # noqa: F401 - a model too
from cardbook.imports.models import ImportFile
from cardbook.ledger.models import ClockNow
from cardbook.orgs.models import Organization, User
from cardbook.people.models import Person


class Delivery(models.Model):
    """One posted manifest: cards on their way to an office, in boxes."""

    code = models.CharField("到货编号", max_length=40, unique=True)
    file = models.OneToOneField(ImportFile, models.PROTECT, related_name="delivery")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(db_default=Now())
    expected = models.IntegerField("应到")

    class Meta:
        indexes = (
            models.Index(fields=["organization", "-registered_at"], name="delivery_office"),
        )

    def __str__(self) -> str:
        return self.code


class DeliveryBox(models.Model):
    """One box of a delivery as the manifest lists it."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="boxes")
    code = models.CharField("箱/盒号", max_length=40)
    expected = models.IntegerField("应到")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["delivery", "code"], name="delivery_box_once"),
        )

    def __str__(self) -> str:
        return self.code


class DeliveryLine(models.Model):
    """Which card the manifest lists in which box."""

    box = models.ForeignKey(DeliveryBox, models.PROTECT, related_name="lines")
    card = models.ForeignKey(Card, models.PROTECT, related_name="delivery_lines")


class Count(models.Model):
    """One blind count of a box by two people; what it found is fixed when they close it.

    `moved_on` are cards of the box that went on by the book before the count saw them: they are
    neither expected nor short.
    """

    box = models.ForeignKey(DeliveryBox, models.PROTECT, related_name="counts")
    counted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    witness = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    seal_number = models.CharField("封签号", max_length=40, default="")
    seal_intact = models.BooleanField("封签完好", default=True)
    seal_photo = models.CharField("封签照片", max_length=64, default="")
    remarks = models.CharField("说明", max_length=200, default="")
    # The database's own clock: scans are compared with movements, which it times too.
    started_at = models.DateTimeField(db_default=ClockNow())
    closed_at = models.DateTimeField(null=True)
    expected = models.IntegerField("应到", default=0)
    found = models.IntegerField("实到", default=0)
    short = models.IntegerField("短少", default=0)
    extra = models.IntegerField("多出", default=0)
    misrouted = models.IntegerField("错发县区", default=0)
    moved_on = ArrayField(models.BigIntegerField(), default=list, verbose_name="清点前已转出")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["box"],
                condition=Q(closed_at=None),
                name="count_one_open_per_box",
                violation_error_message="该盒正在清点中",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(expected=models.F("found") + models.F("short")),
                name="count_balances",
                violation_error_message="应到必须等于实到加短少",
            ),
        )


class ScanResult(models.TextChoices):
    """What a scanned number turned out to be, when the count was closed."""

    EXPECTED = "expected", "相符"
    EXTRA = "extra", "多出（本批次其他盒）"
    MISROUTED = "misrouted", "错发县区"
    UNKNOWN = "unknown", "多出（不在本批次明细）"
    MOVED = "moved", "多出（台账已转出）"


class CountScan(models.Model):
    """One number read from a card in the box; the same card read twice is one scan."""

    count = models.ForeignKey(Count, models.CASCADE, related_name="scans", db_index=False)
    number = models.CharField("卡号", max_length=9)
    scanned_at = models.DateTimeField(db_default=ClockNow())
    result = models.CharField(max_length=20, choices=ScanResult, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["count", "number"], name="scan_once_per_count"),
        )


class OddNote(models.Model):
    """What was done with a card that lay in a box and is not listed there (Art. 6, 20)."""

    scan = models.OneToOneField(
        CountScan, models.PROTECT, primary_key=True, related_name="odd_note"
    )
    words = models.CharField("处理情况", max_length=200)
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField("登记时间")


class ManifestRow(models.Model):
    """A row of a manifest while it is staged: personal fields sealed, look-ups blind.

    Not logged (sql in the migration): what a crash takes is read from the file again.
    """

    pk = models.CompositePrimaryKey("file_id", "row")
    file = models.ForeignKey(
        ImportFile, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    row = models.IntegerField()
    card_number = models.CharField(max_length=9)
    number_kind = models.CharField(max_length=20)
    number_sealed = models.BinaryField()
    number_index = models.BinaryField()
    name_sealed = models.BinaryField()
    name_key = models.BigIntegerField()
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    address_sealed = models.BinaryField(null=True)
    search_keys = ArrayField(models.BigIntegerField())
    sex = models.CharField(max_length=1)
    born_on = models.DateField()
    batch_code = models.CharField(max_length=40)
    box_code = models.CharField(max_length=40)
    packing = models.CharField(max_length=40)
    bank_name = models.CharField(max_length=100)
    bank_account_sealed = models.BinaryField(null=True)
    bank_last4 = models.CharField(max_length=4)
    group = models.CharField(max_length=20)
    unit_code = models.CharField(max_length=40)
    unit_name = models.CharField(max_length=100)
    town_name = models.CharField(max_length=60)
    village = models.CharField(max_length=60)
    county_name = models.CharField(max_length=60)
    maker = models.CharField(max_length=100)
    account_key = models.BigIntegerField(null=True)
    noted = models.BooleanField()


class OpeningSource(models.Model):
    """A posted source of a county's opening balance: an export, a bank's list, a paper ledger."""

    file = models.OneToOneField(ImportFile, models.PROTECT, related_name="opening")
    county = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    name = models.CharField("来源", max_length=60)
    as_of = models.DateField("截止日")
    posted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    second = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    posted_at = models.DateTimeField(db_default=Now())
    batch = models.UUIDField()
    rows = models.IntegerField("所列")
    registered = models.IntegerField("登记")

    class Meta:
        indexes = (models.Index(fields=["county", "id"], name="opening_county"),)

    def __str__(self) -> str:
        return self.name


class Claimed(models.Model):
    """What one row of a source says of one card. "" means that the source is silent on it."""

    row = models.IntegerField()
    card_number = models.CharField("卡号", max_length=9)
    name_sealed = models.BinaryField()
    name_key = models.BigIntegerField()
    stage = models.CharField(max_length=20)
    social = models.CharField(max_length=20)
    hold = models.CharField(max_length=20)
    valid = models.BooleanField("有效标志", null=True)
    bank = models.CharField(max_length=20)
    place = models.CharField(max_length=20)
    place_text = models.CharField("存放地点", max_length=60)
    inferred = models.BooleanField(default=False)
    slot = models.IntegerField(null=True)
    claimed_on = models.DateField(null=True)
    activated_on = models.DateField(null=True)
    lost_on = models.DateField(null=True)
    holder_dead = models.BooleanField(default=False)
    died_on = models.DateField(null=True)

    class Meta:
        abstract = True


class OpeningClaim(Claimed):
    """A posted row, kept for ever beside what other sources say of the same card.

    `registered` marks the claim the card was registered by; `differs` names what did not agree
    with the book at that moment, and stands until an act settles it.
    """

    source = models.ForeignKey(
        OpeningSource, models.PROTECT, related_name="claims", db_index=False
    )
    card = models.ForeignKey(Card, models.PROTECT, null=True, related_name="opening_claims")
    person = models.ForeignKey(Person, models.PROTECT, related_name="opening_claims")
    account = models.ForeignKey("custody.Account", models.PROTECT, null=True, db_index=False)
    registered = models.BooleanField(default=False)
    differs = ArrayField(models.CharField(max_length=10), default=list)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "row"], name="claim_once_per_row"),
        )
        indexes = (
            models.Index(fields=["card_number"], name="claim_number"),
            models.Index(
                fields=["source"],
                condition=~Q(differs=[]) & Q(settled_at=None),
                name="claim_open",
            ),
            models.Index(
                fields=["person"], condition=Q(holder_dead=True), name="claim_holder_dead"
            ),
        )


class OpeningRow(Claimed):
    """A row of an opening balance while it is staged: personal fields sealed, look-ups blind."""

    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="+", db_index=False)
    number_kind = models.CharField(max_length=20)
    number_sealed = models.BinaryField()
    number_index = models.BinaryField()
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    address_sealed = models.BinaryField(null=True)
    search_keys = ArrayField(models.BigIntegerField())
    sex = models.CharField(max_length=1)
    born_on = models.DateField()
    batch_code = models.CharField(max_length=40)
    bank_name = models.CharField(max_length=100)
    bank_account_sealed = models.BinaryField(null=True)
    bank_last4 = models.CharField(max_length=4)
    group = models.CharField(max_length=20)
    unit_code = models.CharField(max_length=40)
    unit_name = models.CharField(max_length=100)
    town_name = models.CharField(max_length=60)
    village = models.CharField(max_length=60)
    office_id = models.BigIntegerField()
    box_code = models.CharField(max_length=40)
    hold_until = models.DateTimeField(null=True)
    account_key = models.BigIntegerField(null=True)
    valid_doubted = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=["file", "row"], name="opening_row_file"),)


class HandDown(models.Model):
    """A hand-over between offices as both sign it: who sent it; the cards are in `custody`."""

    shipment = models.OneToOneField(
        "custody.Shipment", models.PROTECT, primary_key=True, related_name="hand_down"
    )
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+")


class HandDownBox(models.Model):
    """One box or bundle of a hand-over: rows of the list that lie in it, and its seal."""

    shipment = models.ForeignKey(
        "custody.Shipment", models.PROTECT, related_name="boxes", db_index=False
    )
    code = models.CharField("箱/盒号", max_length=40)
    label = models.CharField("内容", max_length=200, default="")
    seal_number = models.CharField("封签号", max_length=40, default="")
    first_row = models.IntegerField()
    last_row = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shipment", "code"], name="hand_down_box_once"),
            models.CheckConstraint(
                condition=Q(last_row__gte=models.F("first_row")), name="hand_down_box_not_empty"
            ),
        )


class HandDownCount(models.Model):
    """One blind count of what arrived; what it found is fixed when the receiver closes it."""

    shipment = models.ForeignKey(
        "custody.Shipment", models.PROTECT, related_name="counts", db_index=False
    )
    counted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    second = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    expected = models.IntegerField("应到", default=0)
    found = models.IntegerField("实到", default=0)
    short = models.IntegerField("短少", default=0)
    extra = models.IntegerField("多出", default=0)
    words = models.CharField("差异说明", max_length=200, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["shipment"],
                condition=Q(closed_at=None),
                name="hand_down_one_open_count",
                violation_error_message="该交接单正在点收中",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(expected=models.F("found") + models.F("short")),
                name="hand_down_count_balances",
                violation_error_message="应到必须等于实到加短少",
            ),
        )
        indexes = (models.Index(fields=["shipment", "id"], name="hand_down_count"),)


class HandDownScan(models.Model):
    """One card number read while counting; `listed`: on the list, and still under way."""

    count = models.ForeignKey(HandDownCount, models.CASCADE, related_name="scans", db_index=False)
    number = models.CharField("卡号", max_length=9)
    listed = models.BooleanField()
    scanned_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["count", "number"], name="hand_down_scan_once"),
        )


class HandDownWhole(models.Model):
    """A box taken over whole, its seal unbroken, while counting."""

    count = models.ForeignKey(HandDownCount, models.CASCADE, related_name="whole", db_index=False)
    box = models.ForeignKey(HandDownBox, models.CASCADE, related_name="+")
    taken_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["count", "box"], name="hand_down_whole_once"),
        )


class HandDownMissing(models.Model):
    """A listed card a closed count did not see: a line of the difference sheet."""

    pk = models.CompositePrimaryKey("count", "card")
    count = models.ForeignKey(
        HandDownCount, models.PROTECT, related_name="missing", db_index=False
    )
    card = models.ForeignKey(Card, models.PROTECT, related_name="+")


class Recall(models.Model):
    """The sender wants a card back that was acknowledged: the receiver is to send it (追回)."""

    shipment = models.ForeignKey("custody.Shipment", models.PROTECT, related_name="recalls")
    card = models.ForeignKey(Card, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    words = models.CharField("原因", max_length=200)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["shipment", "card"], name="recall_once"),)
