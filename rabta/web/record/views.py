"""The record for oversight and administrators: who did and who saw what. Every look at it is in it."""

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rabta import audit
from rabta.cases.models import Case
from rabta.force.access import Permission
from rabta.force.models import Officer
from rabta.web.guard import needs
from rabta.web.record import named, queries, words

OLD = timedelta(hours=26)  # a check each day, a head each hour while there is news
readers = needs(Permission.SEE_RECORD)


@require_GET
@readers
def record(request: HttpRequest) -> HttpResponse:
    """The page. `?officer=` user name, `?case=` reference, `?act=`, `?from=` and `?to=` days, `?after=` cursor."""
    if request.scope.over_force(Permission.SEE_RECORD):  # lower posts read what belongs to their cases
        queries.open_record()
    asked, problems = _asked(request)
    now = timezone.now()
    page = queries.page(scope=request.scope, asked=asked, after=request.GET.get("after", ""))
    _write_down(request, asked, now)
    given = request.GET.copy()
    given.pop("after", None)
    facts = {
        "rows": [] if problems else [_line(entry) for entry in page.entries],
        "next": "" if problems else page.next,
        "state": queries.state(),
        "old": now - OLD,
        "typed": request.GET,
        "problems": problems,
        "acts": words.choices(),
        "query": given.urlencode(),
    }
    return render(request, "record/record.html", facts, status=400 if problems else 200)


def _line(entry: queries.Entry) -> tuple[queries.Entry, str, str, str]:
    """The entry with its words: what was done, about what or where, and why where the machine did it."""
    about = named.about_words(entry.about, looked=entry.act == "looked")
    return entry, words.act_words(entry), about, named.reason_words(entry.reason)


def _asked(request: HttpRequest) -> tuple[queries.Asked, dict[str, str]]:
    """What the reader wants, and what of it can't be understood."""
    given = {
        name: request.GET.get(name, "").strip()[:60] for name in ("officer", "case", "act", "from", "to")
    }
    found: dict[str, Any] = {"act": given["act"]}
    problems = {}
    if given["officer"]:
        found["officer"] = Officer.objects.filter(username=given["officer"].lower()).first()
        if found["officer"] is None:
            problems["officer"] = _("There is no officer with this user name.")
    if given["case"]:
        visible = Case.objects.filter(request.scope.visible())
        found["case"] = visible.filter(reference=given["case"].upper()).first()
        if found["case"] is None:
            problems["case"] = _("You see no case with this reference.")
    for name, field, later in (("from", "since", 0), ("to", "until", 1)):
        if given[name]:
            found[field] = _start_of(given[name], days=later)
            if found[field] is None:
                problems[name] = _("Choose a day, for example 2026-03-14.")
    return queries.Asked(**found), problems


def _start_of(text: str, *, days: int) -> datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    if day is None or not 2000 <= day.year <= 2100:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))


def _write_down(request: HttpRequest, asked: queries.Asked, now: datetime) -> None:
    """The look itself, with what was asked for."""
    detail: dict[str, Any] = {"act": asked.act} if asked.act else {}
    if asked.officer:
        detail["officer"] = asked.officer.pk
    detail |= {name: at.isoformat() for name in ("since", "until") if (at := getattr(asked, name))}
    audit.record(
        "read_record",
        now=now,
        officer_id=request.scope.officer.pk,
        subject="record",
        case_id=asked.case.pk if asked.case else None,
        detail=detail,
    )
