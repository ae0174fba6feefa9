"""A version is written by one officer and approved by another: both say, point by point, that nobody is harmed."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.channels.models import Account
from rabta.force.access import Permission, Scope
from rabta.force.models import Unit
from rabta.force.names import listed
from rabta.journey.deciding.public import WORDS
from rabta.journey.press.asking import speaks_for
from rabta.kit import ids
from rabta.publishing import checklist, reading, texts
from rabta.publishing.models import Question, Version

LONGEST_TITLE, LONGEST = 120, 550  # with number, title and address it fits into one message of every channel


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A version as it is written. English is never empty; `question` is what it answers."""

    unit: Unit
    title: str
    text: str
    title_hi: str = ""
    text_hi: str = ""
    title_ur: str = ""
    text_ur: str = ""
    place: str = ""
    question: Question | None = None
    corrects: Version | None = None
    about: str = ""


def write(*, facts: Facts, ticked: Collection[str], by: Scope, now: datetime) -> Version:
    """Write a version; nothing leaves. Refused, in words, where it may not be said."""
    post = speaks_for(by, facts.unit)
    said = check(facts, ticked=ticked)
    if facts.corrects is not None:
        _correctable(facts.corrects)
    about = facts.about or (facts.corrects.about if facts.corrects else "")
    version = Version.objects.create(
        **said, number=ids.reference(prefix=reading.PREFIX), unit=facts.unit, visible_to=facts.unit.path,
        corrects=facts.corrects, about=about, written_by=by.officer, written_post_id=post, written_at=now,
    )  # fmt: skip
    if facts.question is not None:
        Question.objects.filter(pk=facts.question.pk, state=Question.State.OPEN).update(version=version)
    _record("version_written", version, by=by, now=now)
    return version


def check(facts: Facts, *, ticked: Collection[str]) -> dict[str, str]:
    """The words, ready. Refused where one is missing or too long, tells of a case or a person, or a point is open."""
    said = {
        name: getattr(facts, name).strip()
        for name in ("title", "text", "title_hi", "text_hi", "title_ur", "text_ur", "place")
    }
    if not said["title"] or not said["text"]:
        raise Refused(_("Write a title and the words in English; Hindi and Urdu may follow."))
    for language in ("hi", "ur"):
        if bool(said[f"title_{language}"]) != bool(said[f"text_{language}"]):
            raise Refused(_("In each language write both, title and words, or neither."))
    for name, text in said.items():
        most = LONGEST if name.startswith("text") else LONGEST_TITLE
        if len(text) > most:
            raise Refused(
                _("“%(begins)s…” is too long by %(over)d characters: the words go out whole, in one message.")
                % {"begins": text[:20], "over": len(text) - most}
            )
    _tells_nothing(" \n".join(said.values()))
    if missing := checklist.missing(ticked):
        raise Refused(_("Confirm each point first: %(point)s") % {"point": missing[0]})
    return said


def _tells_nothing(text: str) -> None:
    ours = Account.objects.exclude(address="").values_list("address", flat=True)
    if found := texts.tells(text, ours=ours):
        told_of = listed(f"{WORDS[told]} (“{words}”)" for told, words in found)
        raise Refused(
            _("Everybody reads it: no reference numbers and no numbers of people. Leave out: %(found)s.")
            % {"found": told_of}
        )


def _correctable(older: Version) -> None:
    if older.state != Version.State.RELEASED:
        raise Refused(_("Only what was released can be corrected. Write this one anew."))
    if Version.objects.filter(corrects=older).exclude(state=Version.State.DROPPED).exists():
        raise Refused(_("There is a correction of it already. Correct that one."))
    Version.objects.filter(corrects=older, state=Version.State.DROPPED).update(corrects=None)


def approve(*, version: Version, ticked: Collection[str], by: Scope, now: datetime) -> Version:
    """Say that these are the words. Refused to whoever wrote them, and until each point is ticked once more."""
    held = held_of(version, by=by, state=Version.State.DRAFT)
    if held.written_by_id == by.officer.pk:
        raise Refused(_("You wrote this yourself. Another officer reads and approves it."))
    if missing := checklist.missing(ticked):
        raise Refused(_("Confirm each point first: %(point)s") % {"point": missing[0]})
    held.state, held.approved_by, held.approved_at = Version.State.APPROVED, by.officer, now
    held.plain = reading.plain_of(held)
    held.digest = digest_of(held)
    held.save()
    _record("version_approved", held, by=by, now=now)
    return held


def drop(*, version: Version, remark: str, by: Scope, now: datetime) -> Version:
    """It is not released, and why; its author takes it back so. Possible until it is released."""
    held = held_of(version, by=by, state=(Version.State.DRAFT, Version.State.APPROVED))
    held.remark = remark.strip()[:300]
    if not held.remark and held.written_by_id != by.officer.pk:
        raise Refused(_("Say why, for its author."))
    held.state = Version.State.DROPPED
    held.save(update_fields=["state", "remark"])
    Question.objects.filter(version=held, state=Question.State.OPEN).update(version=None)
    _record("version_dropped", held, by=by, now=now)
    return held


def versions(by: Scope) -> QuerySet[Version]:
    """The versions of the units for which this officer speaks, the newest first."""
    rows = Version.objects.filter(visible_to__overlap=sorted(by.units_with(Permission.PUBLISH)))
    return rows.select_related(
        "unit", "written_by", "approved_by", "released_by", "withdrawn_by", "corrects", "corrected_by"
    ).order_by("-pk")


def held_of(version: Version, *, by: Scope, state: str | Sequence[str]) -> Version:
    """The version, locked. Refused when it is in another state or the officer does not speak for its unit."""
    held = (
        Version.objects.select_for_update(of=("self",)).select_related("unit", "corrects").get(pk=version.pk)
    )
    speaks_for(by, held.unit)
    if held.state not in ((state,) if isinstance(state, str) else tuple(state)):
        raise Refused(_("Somebody has decided on this version already. Load the page again."))
    return held


def digest_of(version: Version) -> str:
    """SHA-256 of the exact words in all languages."""
    said = "\x1f".join((*reading.titles(version), *reading.texts(version)))
    return hashlib.sha256(said.encode()).hexdigest()


def _record(act: str, version: Version, *, by: Scope, now: datetime) -> None:
    audit.record(act, now=now, officer_id=by.officer.pk, subject="version", ids=[version.pk])
