"""What the people of a desk share: drafts, presence, answers, shifts and handovers, views, batches, notices."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rabta.channels.ways import Way
from rabta.kit.ids import public_id


class Draft(models.Model):
    """What an officer has begun to write. `revision` grows with each saving, so that no tab overwrites another."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("Reply")
        PUBLIC = "public", _("Public answer")
        NOTE = "note", _("Internal note")

    officer = models.ForeignKey("force.Officer", on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    text = models.TextField()
    revision = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["officer", "case", "kind"], name="one_draft_of_each_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} draft in {self.case_id}"


class Presence(models.Model):
    """An officer has the case open, or writes in it, until `until`: the page says so again while it lasts."""

    class Doing(models.TextChoices):
        LOOKING = "looking", _("is looking")
        REPLYING = "replying", _("is replying")

    officer = models.ForeignKey("force.Officer", on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    doing = models.CharField(max_length=8, choices=Doing.choices)
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "officer"], name="one_presence_per_case_and_officer")
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} at {self.case_id}"


class Answer(models.Model):
    """A prepared answer of a desk in one language. An empty text withdraws the shipped one of the same code."""

    unit = models.ForeignKey("force.Unit", on_delete=models.CASCADE, related_name="+")
    code = models.SlugField(max_length=30)
    language = models.CharField(max_length=8)
    text = models.TextField(blank=True)
    by = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "code", "language"], name="one_answer_per_code_and_language"
            )
        ]

    def __str__(self) -> str:
        return f"/{self.code} ({self.language})"


class Sharing(models.Model):
    """How a desk gives its open cases to its operators, and when an unassigned one raises the alarm."""

    class Way(models.TextChoices):
        MANUAL = "manual", _("By hand: everybody takes cases")
        TURNS = "turns", _("In turn")
        LOAD = "load", _("To whoever has fewest open cases")

    unit = models.OneToOneField("force.Unit", on_delete=models.CASCADE, related_name="+")
    way = models.CharField(max_length=6, choices=Way.choices, default=Way.MANUAL)
    on_duty_only = models.BooleanField(default=True)
    at_most = models.PositiveSmallIntegerField(default=40)
    alarm_minutes = models.PositiveSmallIntegerField(default=30)
    last = models.ForeignKey("force.Officer", null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "sharing"

    def __str__(self) -> str:
        return f"{self.way} at {self.unit_id}"


class Shift(models.Model):
    """A shift of a desk, in the force's time: one that ends before it begins ends on the next day."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    unit = models.ForeignKey("force.Unit", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    starts = models.TimeField()
    ends = models.TimeField()
    days = ArrayField(models.PositiveSmallIntegerField())  # 0 is Monday: the day on which it begins
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Turn(models.Model):
    """An officer serves in a shift, from a day on and up to another."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="turns")
    officer = models.ForeignKey("force.Officer", on_delete=models.CASCADE, related_name="+")
    starts = models.DateField()
    ends = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.officer_id} in {self.shift_id}"


class Absence(models.Model):
    """An officer is away. Open cases go back to the queue when it begins."""

    officer = models.ForeignKey("force.Officer", on_delete=models.CASCADE, related_name="+")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    handed_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends__gt=models.F("starts")), name="absence_ends")]

    def __str__(self) -> str:
        return f"absence {self.pk}"


class Handover(models.Model):
    """What one officer leaves to the next shift, signed by name on both sides. `digest` is what the record holds."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    shift = models.ForeignKey(Shift, null=True, on_delete=models.PROTECT, related_name="+")
    matters = ArrayField(models.BigIntegerField(), default=list)  # cases that were open in the giver's name
    notes = models.TextField()
    digest = models.CharField(max_length=64)
    given_by = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    taken_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_by=None) | ~Q(taken_by=models.F("given_by")), name="taken_over_by_another"
            )
        ]
        indexes = [models.Index(fields=["unit", "-given_at"], name="handover_newest")]

    def __str__(self) -> str:
        return f"handover {self.public_id}"


class View(models.Model):
    """A list that an officer keeps: filters and words under a name, for himself or for the desk (`unit`)."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    officer = models.ForeignKey("force.Officer", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey("force.Unit", null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.JSONField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """One act on many cases. `query` is the list it was chosen from, when not by hand."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    officer = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=16)
    data = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return f"{self.act} on many"


class BatchLine(models.Model):
    """One case of a batch and what became of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="lines")
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "case"], name="a_case_once_in_a_batch")]

    def __str__(self) -> str:
        return f"{self.state} {self.case_id}"


class Notice(models.Model):
    """Something that an officer is told. The same `key` tells him once; the words come from `what` when he reads it."""

    officer = models.ForeignKey("force.Officer", on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=20)
    key = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    urgent = models.BooleanField(default=False)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)  # to the telephone, or decided not to

    class Meta:
        constraints = [models.UniqueConstraint(fields=["officer", "key"], name="told_once")]
        indexes = [
            models.Index(fields=["officer", "-at"], name="notice_newest"),
            models.Index(fields=["id"], condition=Q(sent_at=None), name="notice_to_send"),
        ]

    def __str__(self) -> str:
        return f"{self.what} for {self.officer_id}"


class Wish(models.Model):
    """What an officer wants to be told on the telephone as well, and when he wants quiet (in the force's time)."""

    officer = models.OneToOneField("force.Officer", on_delete=models.CASCADE, related_name="+")
    by_phone = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    way = models.CharField(max_length=8, choices=Way.choices, default=Way.NEAREST, db_default=Way.NEAREST)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)

    class Meta:
        verbose_name_plural = "wishes"

    def __str__(self) -> str:
        return f"wishes of {self.officer_id}"
