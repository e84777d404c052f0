"""Files of rows on their way in: staged, checked, posted - or dropped without a trace in the book.

`engine.py` drives a file through its stages; slices say what posting means (Art. 6).
"""

from django.db import models
from django.db.models.functions import Now

from cardbook.orgs.models import Organization, Post, User


class Stage(models.TextChoices):
    """How far a file has come."""

    STAGED = "staged", "已暂存"
    CHECKED = "checked", "已检查"
    POSTED = "posted", "已入账"
    DROPPED = "dropped", "已作废"


class ImportFile(models.Model):
    """One uploaded file: its digest, layout, mapping, and what the checks found."""

    layout = models.CharField("格式", max_length=40)
    name = models.CharField("文件名", max_length=200)
    digest = models.CharField(max_length=64)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(db_default=Now())
    stage = models.CharField(max_length=20, choices=Stage, default=Stage.STAGED)
    sheet = models.CharField(max_length=100, default="")
    encoding = models.CharField(max_length=20, default="")
    mapping = models.JSONField(default=dict)
    preamble = models.JSONField(default=dict)
    header_row = models.IntegerField(default=0)
    lines = models.IntegerField("至多行数", default=0)
    rows = models.IntegerField("行数", default=0)
    errors = models.IntegerField("错误行", default=0)
    warnings = models.IntegerField("提示行", default=0)
    known = models.IntegerField("已在册行", default=0)
    notes = models.JSONField(default=list)
    posted_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)
    original_purged_on = models.DateField("原件清除日期", null=True)

    class Meta:
        indexes = (
            models.Index(fields=["organization", "-uploaded_at"], name="import_office"),
            models.Index(fields=["digest"], name="import_digest"),
        )


class Problem(models.Model):
    """One thing wrong in one row: which field, what, and what to do; never the clear number."""

    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="problems", db_index=False)
    row = models.IntegerField("行号")
    field = models.CharField("列", max_length=60)
    code = models.CharField(max_length=40)
    sentence = models.CharField("问题", max_length=300)
    remedy = models.CharField("处理建议", max_length=300)
    is_error = models.BooleanField(default=True)

    class Meta:
        indexes = (models.Index(fields=["file", "row"], name="problem_file_row"),)


class Work(models.TextChoices):
    """What a worker is asked to do with a long file."""

    CHECK = "check", "检查"
    POST = "post", "入账"


class State(models.TextChoices):
    """How a run stands as last written; whether its worker lives, `runs.py` judges by time."""

    WAITING = "waiting", "排队等候"
    RUNNING = "running", "进行中"
    BROKEN = "broken", "中断"
    DONE = "done", "已完成"
    REFUSED = "refused", "没有完成"
    CANCELLED = "cancelled", "已取消"


OPEN_STATES = (State.WAITING, State.RUNNING, State.BROKEN)


class Run(models.Model):
    """One piece of work on a long file, done by `cardbook worker`; a file has one at a time."""

    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="runs")
    work = models.CharField(max_length=10, choices=Work)
    asked_by = models.ForeignKey(Post, models.PROTECT, related_name="+")
    second = models.ForeignKey(Post, models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    phase = models.CharField(max_length=10, default="")
    rows_done = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    beat_at = models.DateTimeField(null=True)
    cancel_asked = models.BooleanField(default=False)
    code = models.CharField(max_length=40, default="")
    sentence = models.CharField(max_length=500, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["file"],
                condition=models.Q(state__in=OPEN_STATES),
                name="run_one_open_per_file",
                violation_error_message="这份文件正在办理",
            ),
        )


class RememberedLayout(models.Model):
    """The mapping an office chose for a header; the next file with that header uses it."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    layout = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField()
    chosen_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "fingerprint"], name="layout_remembered_once"
            ),
        )


class LeftOut(models.Model):
    """Why a request for many rows left some out, kept for whoever sends it again.

    `key` is the one the others were done under; the reasons are sealed, they may name somebody.
    """

    key = models.CharField(max_length=100, primary_key=True)
    reasons_sealed = models.BinaryField()
    kept_at = models.DateTimeField(db_default=Now())
