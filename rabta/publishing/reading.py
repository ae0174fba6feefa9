"""Official versions as everybody may read them: released, and under no embargo any more."""

import heapq
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from rabta.kit import ids, scripts
from rabta.publishing.official import Version
from rabta.rules.screenshots import FEWEST, MOST, Answer, Compared, compare, may_be_alike

PREFIX = "OV"
LOOKED_THROUGH = 400  # the newest versions in which typed words are looked for
NEAREST = 5  # so many of them are compared word by word: that takes long, and anybody may ask


def visible(*, now: datetime) -> QuerySet[Version]:
    """What is public at this moment. Row-level security says the same to whoever has not signed in."""
    over = Q(embargo_until=None) | Q(embargo_until__lte=now)
    return Version.objects.filter(over, state=Version.State.RELEASED).select_related("unit", "corrects")


def shown_at(version: Version) -> datetime:
    """When it became public."""
    assert version.released_at is not None
    return max(version.released_at, version.embargo_until or version.released_at)


def with_words(rows: QuerySet[Version], text: str) -> QuerySet[Version]:
    """Those that hold every one of these words, or have this number."""
    if number := number_in(text):
        return rows.filter(number=number)
    for word in scripts.words(text)[:12]:
        rows = rows.filter(hidden=False, plain__contains=word)
    return rows


def on_day(rows: QuerySet[Version], day: date, *, begins: datetime) -> QuerySet[Version]:
    """Those that were released on a day of the force's zone; `begins` is its first moment."""
    return rows.filter(released_at__gte=begins, released_at__lt=begins + timedelta(days=1))


def number_in(text: str) -> str | None:
    """The number of a version that was typed, in its written form; None when it is none or its check fails."""
    plain = "".join(text.split())
    if len(plain) > 24:
        return None
    number = ids.parse_reference(text=plain)
    return number if number and number.startswith(f"{PREFIX}-") else None


def plain_of(version: Version) -> str:
    """All its words as they are searched."""
    parts = (*titles(version), *texts(version), version.place)
    return " ".join(word for part in parts for word in scripts.words(part))


def titles(version: Version) -> tuple[str, ...]:
    return (version.title, version.title_hi, version.title_ur)


def texts(version: Version) -> tuple[str, ...]:
    return (version.text, version.text_hi, version.text_ur)


def checked(typed: str, *, now: datetime) -> list[tuple[Version, Compared]]:
    """The versions that have these words, best first; with altered words the nearest ones. At most five."""
    words = scripts.words(typed)[:MOST]
    if len(words) < FEWEST:
        return []
    rows = visible(now=now).filter(hidden=False)
    phrase = " ".join(words)
    whole = list(rows.filter(plain__contains=phrase).order_by("-released_at")[:5])
    found = [(version, compare(typed, _said(version))) for version in whole]
    if not any(one.answer != Answer.OTHER for _version, one in found):
        newest = _nearest(words, rows.order_by("-released_at")[:LOOKED_THROUGH])
        found = [(version, compare(typed, _said(version))) for version in newest]
    good = [(version, one) for version, one in found if one.answer != Answer.OTHER]
    order = list(Answer)
    good.sort(key=lambda pair: (order.index(pair[1].answer), -pair[1].share))
    return good[:5]


def _nearest(words: Sequence[str], rows: Iterable[Version]) -> list[Version]:
    """Those that have most of these words, enough to be alike."""
    scored = [(may_be_alike(words, row.plain.split()), row) for row in rows]
    best = heapq.nlargest(NEAREST, scored, key=lambda pair: pair[0])
    return [row for score, row in best if score]


def _said(version: Version) -> list[str]:
    """What may stand on a picture: words alone, and with their title."""
    pairs = zip(titles(version), texts(version), strict=True)
    return [said for title, text in pairs if text for said in (text, f"{title} {text}")]


def compared(typed: str, version: Version) -> Compared:
    """What typed words are to this version."""
    return compare(typed, _said(version))
