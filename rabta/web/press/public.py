"""Official versions for everybody: dated, searched, each at an address for good; and whether a screenshot is genuine.

No script, no sign-in. What is not approved, not released or under an embargo is not there: 404, like what never was.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from rabta.force.models import Unit
from rabta.publishing import reading
from rabta.publishing.models import Version
from rabta.publishing.official import LANGUAGES
from rabta.web import cursors
from rabta.web.citizen.views import with_emergency

A_PAGE = 20
IN_FEED = 50
LONGEST_TYPED = 4000
NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # when a feed without entries last changed
now_and_then = cache_control(public=True, max_age=0, must_revalidate=True)  # an embargo ends to the second


@require_GET
@now_and_then
def versions(request: HttpRequest) -> HttpResponse:
    """The newest first; `?q=` words or a number, `?day=`, `?unit=`; `?after=` goes on."""
    now = timezone.now()
    asked = request.GET.get("q", "").strip()[:200]
    day, unit = _day(request), _unit(request)
    rows = _chosen(now=now, asked=asked, day=day, unit=unit)
    place = cursors.opened(request.GET.get("after", ""), count=2)
    if place:
        at = datetime.fromtimestamp(place[0] / 1_000_000, tz=timezone.get_current_timezone())
        rows = rows.filter(Q(released_at__lt=at) | Q(released_at=at, pk__lt=place[1]))
    found = list(rows.order_by("-released_at", "-pk")[: A_PAGE + 1])
    last = found[A_PAGE - 1] if len(found) > A_PAGE else None
    facts: dict[str, object] = {
        "versions": shown(found[:A_PAGE], now=now),
        "next": cursors.sealed(_micros(last), last.pk) if last else "",
        "q": asked,
        "day": day,
        "unit": unit,
        "units": Unit.objects.filter(pk__in=reading.visible(now=now).values("unit"))
        .defer("area")
        .order_by("path"),
        "searched": bool(asked or day or unit),
        "first": place is None,
    }
    return render(request, "press/versions.html", with_emergency(facts))


def _chosen(*, now: datetime, asked: str, day: date | None, unit: Unit | None) -> QuerySet[Version]:
    rows = reading.with_words(reading.visible(now=now), asked)
    if day:
        begins = timezone.make_aware(datetime.combine(day, time.min))
        rows = reading.on_day(rows, day, begins=begins)
    return rows.filter(unit__path__contains=[unit.pk]) if unit else rows


def _micros(version: Version) -> int:
    assert version.released_at is not None
    return round(version.released_at.timestamp() * 1_000_000)


def _day(request: HttpRequest) -> date | None:
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:  # well formed, and no day: 2026-02-31
        return None
    return day if day != date.max else None  # on which no day follows


def _unit(request: HttpRequest) -> Unit | None:
    public_id = request.GET.get("unit", "")[:16]
    return Unit.objects.filter(public_id=public_id).first() if public_id else None


def shown(rows: Sequence[Version], *, now: datetime) -> list[dict[str, object]]:
    """Versions as the visitor reads them, each with what corrects it. One query more, whatever their number."""
    corrections = {one.corrects_id: one for one in reading.visible(now=now).filter(corrects__in=rows)}
    return [_shown(row, corrections.get(row.pk)) for row in rows]


def _shown(version: Version, correction: Version | None) -> dict[str, object]:
    """In the visitor's language where it is written in that, in English otherwise."""
    language = (get_language() or "en")[:2]
    said = zip(reading.titles(version), reading.texts(version), strict=True)
    languages = dict(zip(LANGUAGES, said, strict=True))
    title, text = languages.get(language, ("", ""))
    if not text:
        language, (title, text) = "en", languages["en"]
    return {
        "row": version,
        "language": language,
        "title": title,
        "text": text,
        "others": [(code, *said) for code, said in languages.items() if said[1] and code != language],
        "at": reading.shown_at(version),
        "correction": correction,
        "corrects": version.corrects,
    }


@require_GET
@now_and_then
def version(request: HttpRequest, number: str) -> HttpResponse:
    """One version at its address for good."""
    now = timezone.now()
    written = reading.number_in(number)
    row = reading.visible(now=now).filter(number=written).first() if written else None
    if row is None:
        raise Http404
    if number != row.number:
        return redirect("version", row.number, permanent=True)
    return render(request, "press/public_version.html", with_emergency({"one": shown([row], now=now)[0]}))


@require_GET
@now_and_then
def check(request: HttpRequest) -> HttpResponse:
    """Whether words on a picture are those that were released: by their number, by the words, or by both."""
    now = timezone.now()
    typed = request.GET.get("words", "").strip()[:LONGEST_TYPED]
    number = request.GET.get("number", "").strip()[:40]
    facts: dict[str, object] = {"typed": typed, "number": number, "asked": bool(typed or number)}
    if number:
        facts |= _by_number(number, typed, now=now)
    elif typed:
        found = reading.checked(typed, now=now)
        ones = shown([row for row, _compared in found], now=now)
        facts["found"] = [
            {"one": one, "compared": compared} for one, (_row, compared) in zip(ones, found, strict=True)
        ]
        facts["short"] = len(typed.split()) < reading.FEWEST
    return render(request, "press/check.html", with_emergency(facts))


def _by_number(number: str, typed: str, *, now: datetime) -> dict[str, object]:
    written = reading.number_in(number)
    row = reading.visible(now=now).filter(number=written).first() if written else None
    if row is None:
        return {"found": [], "no_number": True, "misread": written is None}
    compared = reading.compared(typed, row) if typed and not row.hidden else None
    return {"found": [{"one": shown([row], now=now)[0], "compared": compared, "by_number": True}]}


@require_GET
@now_and_then
def feed(request: HttpRequest) -> HttpResponse:
    """The newest versions as an Atom feed, in the visitor's language."""
    now = timezone.now()
    base = settings.BASE_URL
    made = Atom1Feed(
        title=_("Official versions of the police"),
        link=f"{base}/versions/",
        description="",
        language=get_language(),
        feed_url=f"{base}/versions/feed.atom",
    )
    rows = list(reading.visible(now=now).order_by("-released_at", "-pk")[:IN_FEED])
    for row, one in zip(rows, shown(rows, now=now), strict=True):
        made.add_item(
            title=_("Withdrawn") if row.hidden else str(one["title"]),
            link=f"{base}/versions/{row.number}/",
            description=_summary(one),
            unique_id=f"{base}/versions/{row.number}/",
            pubdate=reading.shown_at(row),
            updateddate=_changed(one),
            author_name=str(row.unit),
        )
    if not rows:  # the library would say that it changed just now, each time
        made.latest_post_date = lambda: NEVER  # type: ignore[method-assign]
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _changed(one: dict[str, object]) -> datetime:
    row, correction = one["row"], one["correction"]
    assert isinstance(row, Version)
    moments = [reading.shown_at(row), row.withdrawn_at]
    if isinstance(correction, Version):
        moments.append(reading.shown_at(correction))
    return max(moment for moment in moments if moment)


def _summary(one: dict[str, object]) -> str:
    row, correction = one["row"], one["correction"]
    assert isinstance(row, Version)
    if row.withdrawn_at:
        return _("Withdrawn: %(why)s") % {"why": row.withdrawn_why}
    said = str(one["text"])
    if isinstance(correction, Version):
        return _("Corrected by %(number)s") % {"number": correction.number} + "\n\n" + said
    return said
