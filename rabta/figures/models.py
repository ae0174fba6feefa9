"""What figures are counted from: one narrow row for each case, and the force's register of crimes (FIRs)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Fact(models.Model):
    """A case as figures see it; none of a confidential inquiry. Written by `rabta_fold_figures` alone.

    `path` leads from the force down to the unit with which the case counts. `plain`: everybody who sees that unit's
    cases sees this one; of the others `seen_by` and `hidden_from` say who does, as the case's own `visible_to` and
    `hidden_from`. `reply`, `contact` and `closing` are steps of time (`rabta.rules.durations`).
    """

    case = models.OneToOneField(
        "cases.Case", primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="fact"
    )
    plain = models.BooleanField()
    unit_id = models.BigIntegerField()
    path = ArrayField(models.BigIntegerField())
    day = models.DateField()
    hour = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=20)
    kind = models.CharField(max_length=30)
    category = models.CharField(max_length=40)
    state = models.CharField(max_length=14)
    outcome = models.CharField(max_length=20)
    report_class = models.CharField(max_length=12)
    flags = ArrayField(models.CharField(max_length=20))
    officer_id = models.BigIntegerField(null=True)
    reply = models.SmallIntegerField(null=True)
    contact = models.SmallIntegerField(null=True)
    closing = models.SmallIntegerField(null=True)
    satisfaction = models.SmallIntegerField(null=True)
    seen_by = ArrayField(models.BigIntegerField())
    hidden_from = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "report_class", "day"], name="fact_by_unit"),
            models.Index(fields=["day", "case"], name="fact_by_day"),
            GinIndex(
                fields=["seen_by", "hidden_from"],
                condition=models.Q(plain=False),
                name="fact_by_reader",
                fastupdate=False,  # what is written is found at once, not by reading a list to its end
            ),
        ]

    def __str__(self) -> str:
        return f"figures of case {self.case_id}"


class Crime(models.Model):
    """A line of the FIR register, imported: what happened, when and where. No names."""

    number = models.CharField(max_length=40)
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    happened_on = models.DateField()
    hour = models.PositiveSmallIntegerField(null=True)
    category = models.CharField(max_length=40)
    place = models.CharField(max_length=200, blank=True)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="one_crime_per_number_and_station")
        ]
        indexes = [models.Index(fields=["unit", "happened_on"], name="crime_by_unit")]

    def __str__(self) -> str:
        return self.number
