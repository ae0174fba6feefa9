"""An instruction is given: checked, its words fixed by their hash; a job then tells the first level. And ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.files.models import StoredFile
from rabta.force import directory as force_directory
from rabta.force.access import Permission, Scope
from rabta.groups import directions
from rabta.groups.models import Direction, Group
from rabta.rules import reading

LONGEST_TITLE = 120
LONGEST = 600  # of the words: what levels add still fits beside it
SHORTEST_LIMIT, LONGEST_LIMIT = timedelta(minutes=5), timedelta(days=14)
MOST_REMINDERS = 5


@dataclass(frozen=True, kw_only=True)
class New:
    """An instruction as it was written. `words` by language, "" for everybody else; `titles` by language, too,
    with `title` for everybody else; `limit` is that of each hop."""

    title: str
    words: Mapping[str, str]
    group: Group
    kind: str = Direction.Kind.INSTRUCTION
    police_only: bool = False
    at_once: bool = False
    limit: timedelta = timedelta(hours=4)
    reminders: int = 1
    proof: str = Direction.Proof.NONE
    proof_words: str = ""
    proof_of_all: bool = False
    proof_due_at: datetime | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    file: StoredFile | None = field(default=None, compare=False)


def with_file(new: New, file: StoredFile | None) -> New:
    """The same with the picture that goes with it."""
    return replace(new, file=file)


def give(new: New, *, by: Scope, now: datetime) -> Direction:
    """Give an instruction to a group and all below it. The first level is told by a job, in a moment.

    Refused, in words, when something is missing, or none of the officer's posts gives instructions there.
    """
    post_id = post_that_directs(by, new.group)
    title, titles, words = new.title.strip(), _written(new.titles), _written(new.words)
    _check_title(title, titles)
    _check_words(words)
    _check_way(new)
    _check_proof(new, now=now)
    _check_asked(new, by=by, now=now)
    direction = Direction.objects.create(
        kind=new.kind,
        title=title,
        titles=titles,
        words=words,
        sha256=directions.hash_of(title=title, titles=titles, words=words),
        file=new.file,
        group=new.group,
        unit=new.group.unit,
        visible_to=new.group.unit.path,
        police_only=new.police_only,
        at_once=new.at_once,
        limit_minutes=int(new.limit.total_seconds() // 60),
        reminders=new.reminders,
        proof=new.proof,
        proof_words=new.proof_words.strip(),
        proof_of_all=new.proof_of_all,
        proof_due_at=new.proof_due_at,
        officer=by.officer,
        post_id=post_id,
        given_at=now,
    )
    audit.record(
        "direction_given", now=now, officer_id=by.officer.pk, post_id=post_id, subject="direction",
        ids=[direction.pk],
        detail={"police_only": new.police_only, "at_once": new.at_once, "proof": new.proof},
    )  # fmt: skip
    job = deferred.configure_task("rabta.jobs.tasks.spread_direction", allow_unknown=True, queue="fan_out")
    job.defer(direction_id=direction.pk)
    return direction


def end(*, direction: Direction, why: str, by: Scope, now: datetime) -> None:
    """Nothing more is asked of anybody: no hop is told or reminded any more. What was said stays said."""
    post_id = post_that_directs(by, direction)
    why = why.strip()
    if not why:
        raise Refused(_("Write why it ends: those who receive it read that."))
    changed = Direction.objects.filter(pk=direction.pk, ended_at=None).update(
        ended_at=now, ended_by=by.officer, ended_why=why[:300]
    )
    if not changed:
        raise Refused(_("This instruction has ended already."))
    audit.record(
        "direction_ended", now=now, officer_id=by.officer.pk, post_id=post_id, subject="direction",
        ids=[direction.pk],
    )  # fmt: skip


def post_that_directs(by: Scope, group: Group | Direction) -> int:
    """The post under which the officer gives instructions to a group; refused without one."""
    fitting = (
        grant.post_id
        for grant in by.grants
        if Permission.DIRECT in grant.permissions and grant.unit_id in group.visible_to
    )
    found = next(fitting, None)
    if found is None:
        raise Refused(_("None of your posts gives instructions to this group."))
    return found


def _written(texts: Mapping[str, str]) -> dict[str, str]:
    """Those that are there, by language."""
    return {language: text.strip() for language, text in texts.items() if text.strip()}


def _check_title(title: str, titles: Mapping[str, str]) -> None:
    if not title:
        raise Refused(_("Give the instruction a title of a few words."))
    if max(map(len, (title, *titles.values()))) > LONGEST_TITLE:
        raise Refused(_("The title is too long: 120 letters at most."))
    if not titles.keys() <= reading.ORDER.keys():
        raise Refused(_("A title is in a language that nobody here reads."))


def _check_words(words: Mapping[str, str]) -> None:
    if not words:
        raise Refused(_("Write the instruction in at least one language."))
    if any(len(text) > LONGEST for text in words.values()):
        raise Refused(
            _("The instruction is too long: %(most)d letters at most. Add a file for more.")
            % {"most": LONGEST}
        )


def _check_way(new: New) -> None:
    """Refused where it can't go down like that, with what to change."""
    if new.group.closed_at or new.group.kind not in directions.INSTRUCTED:
        raise Refused(_("Choose an open group of police or volunteers."))
    if not SHORTEST_LIMIT <= new.limit <= LONGEST_LIMIT:
        raise Refused(_("Give each level between 5 minutes and 14 days."))
    if not 0 <= new.reminders <= MOST_REMINDERS:
        raise Refused(_("At most %(most)d reminders.") % {"most": MOST_REMINDERS})


def _check_asked(new: New, *, by: Scope, now: datetime) -> None:
    """Refused where proof is asked for and nobody is there to send it."""
    directory = force_directory.current(now=now)
    if new.proof != Direction.Proof.NONE and not directions.asked(
        new.group, of=by.officer.pk, directory=directory
    ):
        raise Refused(
            _(
                "You run this group yourself and there is none below it, so nobody would be asked for proof. "
                "Choose the groups of the units that are to send it."
            )
        )


def _check_proof(new: New, *, now: datetime) -> None:
    if new.proof == Direction.Proof.NONE:
        return
    if not new.proof_words.strip():
        raise Refused(_("Write what the proof must show."))
    if new.proof_due_at is None or new.proof_due_at <= now:
        raise Refused(_("Say till when the proof is asked for: a time to come."))
