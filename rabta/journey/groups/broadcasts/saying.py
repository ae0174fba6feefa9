"""Something is said to whole groups: checked, its words kept once, and queued piece by piece by the worker.

A group has no size limit because it is a list: each member is written to over a channel of his own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.channels.contract import Button
from rabta.files.models import StoredFile
from rabta.force import directory as force_directory
from rabta.force.access import Permission, Scope
from rabta.force.models import Unit
from rabta.groups import fanning
from rabta.groups.audience import Audience
from rabta.groups.estimate import Estimate, estimate_of
from rabta.groups.models import Broadcast, Group, Wording
from rabta.groups.words import page_language
from rabta.journey.groups.broadcasts import quiet
from rabta.journey.groups.registry import post_over
from rabta.outbox.models import Body, Delivery
from rabta.replying import texts
from rabta.triage.assess import assess

LONGEST = 900  # WhatsApp allows 1024 characters in all of a template; the rest says who writes
TEMPLATE = "group_v1"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is said: words by language ("" for everybody else), with a file and buttons, in the frame of a template."""

    words: Mapping[str, str]
    file: StoredFile | None = None
    buttons: Sequence[Button] | Mapping[str, Sequence[Button]] = ()  # the same for all, or by language
    template: str = TEMPLATE

    def buttons_in(self, language: str) -> Sequence[Button]:
        """What readers of this language press."""
        if isinstance(self.buttons, Mapping):
            return self.buttons.get(language, self.buttons.get("", ()))
        return self.buttons


def check(*, groups: Sequence[Group], words: Mapping[str, str], by: Scope) -> dict[str, str]:
    """The words, ready. Refused, in words, where they can't be sent or the officer does not run one of the groups."""
    if not groups:
        raise Refused(_("Choose at least one group."))
    if any(group.closed_at for group in groups):
        raise Refused(_("One of these groups is closed. Nobody belongs to it any more."))
    if not all(post_over(by, group) for group in groups):
        raise Refused(_("None of your posts runs this group. Ask its administrator."))
    speaking(groups, by=by)
    return checked_words(words)


def checked_words(words: Mapping[str, str]) -> dict[str, str]:
    """The words without those that are empty; refused when none are left, or when they are too long."""
    said = {language: text.strip() for language, text in words.items() if text.strip()}
    if not said:
        raise Refused(_("Write what is to be said."))
    for text in said.values():
        if len(text) > LONGEST:
            raise Refused(
                _("The text is too long by %(over)d characters: messages take %(most)d.")
                % {"over": len(text) - LONGEST, "most": LONGEST}
            )
    if "" not in said:
        said[""] = said.get("en") or next(iter(said.values()))
    return said


def unit_over(groups: Sequence[Group]) -> Unit:
    """The unit in whose name several groups are spoken to: the lowest that stands over all of them."""
    common = set(groups[0].unit.path).intersection(*(group.unit.path for group in groups))
    lowest = next(pk for pk in reversed(groups[0].unit.path) if pk in common)
    known = {group.unit_id: group.unit for group in groups}
    return known[lowest] if lowest in known else Unit.objects.defer("area").get(pk=lowest)


def speaking(groups: Sequence[Group], *, by: Scope) -> tuple[Unit, int]:
    """The unit in whose name the officer speaks to all of these, and the post under which. Refused where none of his
    posts stands over that unit: he would speak for one that he does not serve."""
    unit = unit_over(groups)
    fitting = (g.post_id for g in by.grants if Permission.GROUPS in g.permissions and g.unit_id in unit.path)
    post = next(fitting, None)
    if post is None:
        raise Refused(
            _("None of your posts stands over all of these groups. Write to those of each unit by itself.")
        )
    return unit, post


def say(
    *,
    groups: Sequence[Group],
    words: Mapping[str, str],
    what: str,
    by: Scope,
    now: datetime,
    about: str = "",
    officers_only: bool = False,
    priority: int = Delivery.Priority.BULK,
    near: tuple[float, float] | None = None,
    buttons: Sequence[Button] = (),
    file: StoredFile | None = None,
    template: str = TEMPLATE,
    due_at: datetime | None = None,
) -> Broadcast:
    """Say something to groups. Refused as `check`; whoever hears it is worked out when it goes.

    `near`: those nearest to this point first. `due_at`: not before then (an embargo, the end of quiet hours).
    """
    said = Said(words=check(groups=groups, words=words, by=by), file=file, buttons=buttons, template=template)
    unit, post = speaking(groups, by=by)
    broadcast = write_down(
        groups=groups, said=said, what=what, about=about, officers_only=officers_only, priority=priority,
        near=near, due_at=due_at, now=now, unit=unit,
    )  # fmt: skip
    broadcast.officer, broadcast.post_id = by.officer, post
    broadcast.save(update_fields=["officer", "post"])
    audit.record("said_to_groups", now=now, officer_id=by.officer.pk, subject="broadcast", ids=[broadcast.pk])
    return broadcast


def announce(
    *,
    groups: Sequence[Group],
    words: Mapping[str, str],
    by: Scope,
    now: datetime,
    officers_only: bool = False,
    urgent: bool = False,
) -> Broadcast:
    """Say what somebody wrote for groups. What is not urgent waits till the quiet hours of all of them end, for whoever
    belongs to several hears it once. Refused as `check`."""
    due_at = now if urgent else quiet.until(groups, now=now)
    return say(
        groups=groups, words=words, what="announcement", officers_only=officers_only, by=by, now=now, due_at=due_at
    )  # fmt: skip


def say_for_force(
    *,
    groups: Sequence[Group],
    words: Mapping[str, str],
    what: str,
    now: datetime,
    about: str = "",
    officers_only: bool = False,
    priority: int = Delivery.Priority.BULK,
    buttons: Sequence[Button] = (),
    file: StoredFile | None = None,
    template: str = TEMPLATE,
    due_at: datetime | None = None,
    unit: Unit | None = None,
) -> Broadcast:
    """The same by the force itself: digests, reminders, what goes on by itself. In a job with a stated reason.

    `unit` speaks; without it the lowest that stands over all the groups.
    """
    said = Said(words=checked_words(words), file=file, buttons=buttons, template=template)
    return write_down(
        groups=groups, said=said, what=what, about=about, officers_only=officers_only, priority=priority,
        near=None, due_at=due_at, now=now, unit=unit or unit_over(groups),
    )  # fmt: skip


def estimate(
    *, groups: Sequence[Group], words: Mapping[str, str], officers_only: bool = False, now: datetime
) -> Estimate:
    """How many would hear it, what it costs and how long it takes: shown before anything is sent."""
    directory = force_directory.current(now=now)
    audience = Audience(groups, officers_only=officers_only, directory=directory)
    text = max(words.values(), key=len, default="")
    return estimate_of(audience.count(), text=text)


def stop(*, broadcast: Broadcast, by: Scope, now: datetime) -> int:
    """Stop what has not left yet; returns how many letters were taken back. Refused when all has left."""
    held = Broadcast.objects.select_for_update().filter(pk=broadcast.pk).first()
    if held is None or not may_stop(held, by=by):
        raise Refused(_("It was said by a unit above yours. Whoever runs groups there stops it."))
    if held.state == Broadcast.State.STOPPED:
        raise Refused(_("It was stopped already."))
    held.state = Broadcast.State.STOPPED
    held.save(update_fields=["state"])
    taken = fanning.take_back(held, now=now)
    audit.record("stopped_saying", now=now, officer_id=by.officer.pk, subject="broadcast", ids=[held.pk])
    return taken


def may_stop(broadcast: Broadcast, *, by: Scope) -> bool:
    """Whether the officer runs groups at or above the unit that speaks."""
    return bool(by.units_with(Permission.GROUPS) & set(broadcast.visible_to))


def said_to(by: Scope) -> QuerySet[Broadcast]:
    """What was said by the units whose groups the officer runs, and to these groups; the database has the same rule."""
    units = sorted(by.units_with(Permission.GROUPS))
    return Broadcast.objects.filter(Q(visible_to__overlap=units) | Q(heard_by__overlap=units))


def write_down(
    *,
    groups: Sequence[Group],
    said: Said,
    what: str,
    about: str,
    officers_only: bool,
    priority: int,
    near: tuple[float, float] | None,
    due_at: datetime | None,
    unit: Unit,
    now: datetime,
) -> Broadcast:
    """The broadcast with its words, to be gathered by the worker. Whoever calls has checked that it may be said."""
    lat, lng = near or (None, None)
    broadcast = Broadcast.objects.create(
        what=what, about=about, unit=unit, visible_to=unit.path, officers_only=officers_only, near_lat=lat,
        near_lng=lng, priority=priority, asked_at=now, due_at=due_at or now,
        heard_by=sorted({unit_id for group in groups for unit_id in group.visible_to}),
    )  # fmt: skip
    broadcast.groups.add(*groups)
    for language, text in said.words.items():
        # What stands around the words for everybody, and what is pressed, speaks as they do.
        spoken = language or assess(text).language or "en"
        with translation.override(page_language(spoken)):
            sender = str(unit)
        body = _body(said, language=spoken, text=text, sender=sender, now=now)
        Wording.objects.create(broadcast=broadcast, language=language, text=text, body=body)
    if broadcast.due_at <= now:
        job = deferred.configure_task("rabta.jobs.tasks.fan_out", allow_unknown=True, queue="fan_out")
        job.defer(broadcast_id=broadcast.pk)
    return broadcast


def _body(said: Said, *, language: str, text: str, sender: str, now: datetime) -> Body:
    template = texts.template(said.template, language=language, params=(sender, texts.one_line(text)))
    return Body.objects.create(
        text=texts.framed_words(template, last=text),
        template={"name": template.name, "language": template.language, "params": template.params},
        buttons=[asdict(button) for button in said.buttons_in(language)],
        file=said.file,
        made_at=now,
    )
