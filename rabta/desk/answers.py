"""Prepared answers: those that are shipped, and what the head of a desk made of them.

RABTA_HOME/tables/canned.csv, where it exists, takes the place of the shipped table. A desk's own answer takes the
place of the one with the same code and language; an empty one withdraws it.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rabta import audit
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.desk.models import Answer
from rabta.force.models import Officer, Unit
from rabta.rules import filling

SHIPPED = Path(__file__).parent / "data" / "canned.csv"
LONGEST = 2000


@dataclass(frozen=True, kw_only=True)
class Canned:
    """An answer under its short code, in one language. `own`: the desk wrote it."""

    code: str
    language: str
    text: str
    own: bool = False


@cache
def shipped() -> tuple[Canned, ...]:
    """The table, in its order."""
    own = Path(settings.HOME) / "tables" / "canned.csv"
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        return tuple(
            Canned(code=row["code"], language=row["language"], text=row["text"])
            for row in csv.DictReader(file)
        )


def of_desk(unit_id: int) -> list[Canned]:
    """The answers of a desk: shipped ones with its own in their place, then those that it added. One query."""
    own = {
        (one.code, one.language): one.text
        for one in Answer.objects.filter(unit=unit_id).order_by("code", "id")
    }
    kept = {(one.code, one.language): one for one in shipped()}
    for (code, language), text in own.items():
        kept[code, language] = Canned(code=code, language=language, text=text, own=True)
    return [one for one in kept.values() if one.text]


def for_case(case: Case, *, name: str, officer: Officer, category: Mapping[str, str]) -> list[Canned]:
    """The desk's answers with their blanks filled in, those in the citizen's language first.

    `name`: the citizen's, empty when it must not be written; `category`: its label by language.
    """
    answers = sorted(of_desk(case.desk_unit_id), key=lambda one: one.language != case.language)
    return [
        Canned(code=one.code, language=one.language, text=_filled(one, case, name, officer, category))
        for one in answers
    ]


def _filled(one: Canned, case: Case, name: str, officer: Officer, category: Mapping[str, str]) -> str:
    if "{" not in one.text:
        return one.text
    with translation.override(one.language if one.language in dict(settings.LANGUAGES) else "en"):
        values = {
            "name": name,
            "reference": case.reference,
            "category": category.get(one.language, ""),
            "place": case.place,
            "unit": str(case.lead_unit or ""),
            "desk": str(case.desk_unit),
            "officer": str(officer),
            "date": date_format(timezone.localdate(), "DATE_FORMAT"),
        }
        return filling.fill(one.text, values)


def example(one: Canned) -> str:
    """The answer as a citizen might read it: how it looks before it is used."""
    values = {
        "name": _("Gul Khan"),
        "reference": "PRY-7K3M-92QF",
        "category": _("theft"),
        "place": _("Main Bazaar"),
        "unit": _("Kotwali station"),
        "desk": _("Contact desk"),
        "officer": _("Your name"),
        "date": date_format(timezone.localdate(), "DATE_FORMAT"),
    }
    return filling.fill(one.text, values)


def save(*, unit: Unit, code: str, texts: Mapping[str, str], by: Officer, now: datetime) -> None:
    """Keep an answer of the desk in these languages (an empty one withdraws it). Refused with an unknown blank."""
    code = code.strip().lower()
    if not code.isidentifier() or not code.isascii() or len(code) > 30:
        raise Refused(_("The short name has letters a to z, digits and _ only, and begins with a letter."))
    if not any(text.strip() for text in texts.values()):
        raise Refused(_("Write the answer in one language at least."))
    for text in texts.values():
        _check(text)
    rows = [
        Answer(unit=unit, code=code, language=language, text=text.strip(), by=by, at=now)
        for language, text in texts.items()
    ]
    _write(rows)
    audit.record(
        "answer_changed", now=now, officer_id=by.pk, subject="unit", ids=[unit.pk], detail={"code": code}
    )


def withdraw(*, unit: Unit, code: str, by: Officer, now: datetime) -> None:
    """The desk does not use this answer any more, in any language."""
    languages = [one.language for one in of_desk(unit.pk) if one.code == code]
    _write([Answer(unit=unit, code=code, language=one, text="", by=by, at=now) for one in languages])
    audit.record(
        "answer_changed", now=now, officer_id=by.pk, subject="unit", ids=[unit.pk], detail={"code": code}
    )


def check_filled(text: str) -> None:
    """Refuse to send what still has a blank of ours in it."""
    missing = filling.left(text)
    if missing:
        raise Refused(_("Fill in {%(blank)s} first: it is still open.") % {"blank": missing[0]})


def _check(text: str) -> None:
    strange = filling.unknown(text)
    if strange:
        raise Refused(
            _("{%(blank)s} is not known. Known are: %(known)s.")
            % {"blank": strange[0], "known": ", ".join(f"{{{one}}}" for one in filling.BLANKS)}
        )
    if len(text) > LONGEST:
        raise Refused(_("An answer has %(limit)d characters at most.") % {"limit": LONGEST})


def _write(rows: Iterable[Answer]) -> None:
    Answer.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["unit", "code", "language"],
        update_fields=["text", "by", "at"],
    )
