"""What the desk of the headquarters keeps (shifts, lists for all, an answer of its own), and what else it answered."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from rabta import journey
from rabta.cases.models import Case
from rabta.demo.deciding import answers
from rabta.desk import shifts
from rabta.desk.models import Answer, Shift, Turn, View
from rabta.force.access import scope_of
from rabta.force.models import Posting, Role, Unit

ANSWERED = ("facebook", "instagram", "telegram", "email")  # what is posted on X waits for the visitor
HOURS = (("Morning", time(6), time(14)), ("Evening", time(14), time(22)), ("Night", time(22), time(6)))
LISTS = (
    ("Frauds by telephone", {"queue": "open", "category": "cyber_fraud"}),
    ("Gulbahar", {"queue": "open", "text": "gulbahar"}),
)
BRING = {
    "en": "Please bring your identity card and the receipt to the police station. Case {reference}.",
    "hi": "कृपया अपना पहचान पत्र और रसीद थाने लाएँ। मामला {reference}।",
    "ur": "براہ کرم اپنا شناختی کارڈ اور رسید تھانے لائیں۔ معاملہ {reference}۔",
}


def create(*, now: datetime) -> None:
    """Write it; cases are given out by hand, as on a desk that is new."""
    unit = Unit.objects.get(code="DESK-HQ").parent
    head = Posting.objects.get(post__unit__code="DESK-HQ", post__role=Role.DESK_HEAD, ends=None).officer
    if unit is None:
        return
    made = [
        Shift.objects.create(unit=unit, name=name, starts=starts, ends=ends, days=list(range(7)))
        for name, starts, ends in HOURS
    ]
    since = timezone.localdate(now) - timedelta(days=30)
    for n, officer in enumerate(shifts.operators(unit.pk, now=now)):
        Turn.objects.create(shift=made[n % len(made)], officer=officer, starts=since)
    for name, query in LISTS:
        View.objects.create(officer=head, unit=unit, name=name, query=query, at=now)
    for language, text in BRING.items():
        Answer.objects.create(unit=unit, code="bring", language=language, text=text, by=head, at=now)


def play(*, now: datetime) -> None:
    """Answer what went to a unit by itself over these channels, but for the last day's."""
    rows = Case.objects.filter(replied_at=None, assigned_to=None, opened_at__lt=now - timedelta(hours=20))
    ordered = rows.filter(withheld="", lead_unit__isnull=False, part_of=None).exclude(
        lead_unit__level__code="cell"
    )
    for number, case in enumerate(ordered.filter(account__channel__in=ANSWERED).order_by("id")):
        at = case.opened_at + timedelta(minutes=35 + number)
        operators = shifts.operators(case.desk_unit_id, now=at)
        by = scope_of(operators[number % len(operators)], on=timezone.localdate(at))
        journey.assign(case=case, officer=by.officer, by=by, now=at)
        text = answers()["station", case.language or "en"]
        journey.reply(case=case, text=text, by=by, now=at + timedelta(minutes=4))
