"""Officers and their postings."""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from rabta.force.models import Officer, Posting
from rabta.force.register.draft import Draft
from rabta.force.register.reading import Row, day
from rabta.force.register.structure import unique, unknown
from rabta.kit import phones

LANGUAGES = ("en", "hi", "ur")


def officers(draft: Draft, rows: Sequence[Row]) -> None:
    """Officers by user name. A new one has no password: the one-time link lets the officer choose it."""
    numbers = {officer.phone: name for name, officer in draft.officers.items() if officer.phone}
    for row in unique(draft, "officers", [_with_user_name(row, "username") for row in rows], "username"):
        name, number = row["username"], phones.parse(row["phone"], region=settings.REGION) or ""
        if row["phone"] and not number:
            draft.wrong("officers", row, _("This is no telephone number: %(text)s.") % {"text": row["phone"]})
        elif number and numbers.setdefault(number, name) != name:
            other = numbers[number]
            draft.wrong(
                "officers",
                row,
                _("%(officer)s has the number %(number)s already.") % {"officer": other, "number": number},
            )
        elif row["language"] and row["language"] not in LANGUAGES:
            draft.wrong("officers", row, unknown(_("language"), row["language"], LANGUAGES))
        else:
            draft.officers[name] = _officer(draft, row, number)


def _officer(draft: Draft, row: Row, number: str) -> Officer:
    old = draft.officers.get(row["username"])
    new = {} if old else {"password": make_password(None)}
    return draft.lay(
        "officers",
        old,
        Officer,
        username=row["username"],
        name=row["name"],
        name_hi=row["name_hi"],
        name_ur=row["name_ur"],
        rank=row["rank"],
        phone=number,
        language=row["language"] or (old.language if old else "en"),
        **new,
    )


def postings(draft: Draft, rows: Sequence[Row]) -> None:
    """Who holds which post. A row for a posting that runs changes it, or ends it when it says until when.

    A row for one that is over, with the same first day, is that one.
    """
    seen: set[tuple[str, str]] = set()
    for row in (_with_user_name(row, "officer") for row in rows):
        key = (row["officer"], row["post"])
        starts, ends = _day(draft, row, "starts"), _day(draft, row, "ends")
        if row["officer"] not in draft.officers:
            draft.wrong("postings", row, unknown(_("officer"), row["officer"], sorted(draft.officers)))
        elif row["post"] not in draft.posts:
            draft.wrong("postings", row, unknown(_("post"), row["post"], sorted(draft.posts)))
        elif row["kind"] and row["kind"] not in Posting.Kind.values:
            draft.wrong("postings", row, unknown(_("kind"), row["kind"], list(Posting.Kind.values)))
        elif key in seen:
            draft.wrong("postings", row, _("This officer has this post in another line already."))
        else:
            seen.add(key)
            _posting(draft, row, starts, ends)


def _posting(draft: Draft, row: Row, starts: date | None, ends: date | None) -> None:
    held = (row["officer"], row["post"])
    old = draft.postings.get(held) or draft.ended.get((*held, starts or draft.today))
    first = starts or (old.starts if old else draft.today)
    if ends and ends < first:
        draft.wrong("postings", row, _("The posting ends before it starts."))
        return
    draft.postings[row["officer"], row["post"]] = draft.lay(
        "postings",
        old,
        Posting,
        officer=draft.officers[row["officer"]],
        post=draft.posts[row["post"]],
        kind=row["kind"] or Posting.Kind.REGULAR,
        starts=first,
        ends=ends,
        order_number=row["order_number"],
    )


def _day(draft: Draft, row: Row, column: str) -> date | None:
    try:
        return day(row[column]) if row[column] else None
    except ValueError:
        draft.wrong(
            "postings", row, _("A day is written as 2026-01-31, not %(text)s.") % {"text": row[column]}
        )
        return None


def _with_user_name(row: Row, column: str) -> Row:
    """User names are of small letters, digits and hyphens; dots become hyphens, as people write them in both ways."""
    return Row(line=row.line, values=row.values | {column: row[column].lower().replace(".", "-")})
