"""An instruction on its way: told, received by name, added to, passed on; and what goes on by itself when it is late.

What a person does is one short change of one row. Telling members and the next level is a job's work (`spread`,
`carry`): each may be repeated and has its effect once.
"""

import contextlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.files import images
from rabta.files.checks import UploadRefused
from rabta.files.models import StoredFile
from rabta.force import directory as force_directory
from rabta.force.access import Scope, system
from rabta.force.directory import Directory
from rabta.force.models import Post
from rabta.groups import directions
from rabta.groups.models import Broadcast, Direction, Group, Hop
from rabta.journey.groups.broadcasts import saying
from rabta.journey.groups.directions import telling
from rabta.rules import relaying as rule
from rabta.rules.relaying import Step

REASON = "passing instructions on"
LONGEST_ADDITION = 300
LOST_AFTER = timedelta(minutes=2)  # a job that did not come to its work by then is taken up by the sweep
AT_ONCE = 500


def receive(*, hop: Hop, by: Scope, now: datetime) -> None:
    """“I have received this”, by name. Twice by the same officer changes nothing.

    Refused when he does not hold the post, or when somebody else has received it meanwhile.
    """
    hop = held(hop, by)
    if hop.received_by_id == by.officer.pk:
        return
    if hop.received_at:
        raise Refused(
            _("%(officer)s received this at %(time)s already. Nothing was changed; look again.")
            % {"officer": hop.received_by, "time": _clock(hop.received_at)}
        )
    mark_received(hop, by, now=now)


def pass_on(*, hop: Hop, words: str, by: Scope, now: datetime) -> None:
    """Pass it on to members and the levels below, perhaps with words of his own; received by that, if it was not yet.

    The instruction itself stays as it is. Refused when it has gone on already.
    """
    words = " ".join(words.split())
    if len(words) > LONGEST_ADDITION:
        raise Refused(
            _("Your words are too long: %(most)d letters at most. The instruction itself goes with them.")
            % {"most": LONGEST_ADDITION}
        )
    hop = held(hop, by)
    if hop.passed_at or hop.alone_at:
        raise Refused(_gone_on(hop))
    if not hop.received_at:
        mark_received(hop, by, now=now)
    hop.state, hop.passed_at, hop.passed_by, hop.addition = Hop.State.PASSED, now, by.officer, words
    hop.save(update_fields=["state", "passed_at", "passed_by", "addition"])
    audit.record(
        "hop_passed", now=now, officer_id=by.officer.pk, post_id=hop.post_id, subject="hop", ids=[hop.pk],
        detail={"added": bool(words)},
    )  # fmt: skip
    _defer_carrying(hop)


def held(hop: Hop, by: Scope) -> Hop:
    """The hop, locked, for a holder of the post that it is addressed to. Refused otherwise, and when it ended."""
    # Names are read afterwards: of a row that was waited for, a join still shows what stood there before.
    rows = Hop.objects.select_for_update(of=("self",)).select_related("direction", "unit")
    found = rows.filter(pk=hop.pk).first()
    if found is None or found.post_id not in by.posts or found.told_at is None:
        raise Refused(_("This instruction is not addressed to a post that you hold today. Nothing was done."))
    if found.direction.ended_at:
        raise Refused(_("This instruction has ended: %(why)s") % {"why": found.direction.ended_why})
    return found


def mark_received(hop: Hop, by: Scope, *, now: datetime) -> None:
    """Write down who received it, on a locked row."""
    hop.received_at, hop.received_by = now, by.officer
    if hop.state == Hop.State.TOLD:
        hop.state = Hop.State.RECEIVED
    hop.save(update_fields=["received_at", "received_by", "state"])
    audit.record(
        "hop_received", now=now, officer_id=by.officer.pk, post_id=hop.post_id, subject="hop", ids=[hop.pk],
        detail={"late": bool(hop.due_at and now >= hop.due_at)},
    )  # fmt: skip


def _gone_on(hop: Hop) -> str:
    if hop.passed_at:
        values = {"officer": hop.passed_by, "time": _clock(hop.passed_at)}
        return _("%(officer)s passed this on at %(time)s already. Nothing was changed; look again.") % values
    assert hop.alone_at is not None
    return _("The time was over: it went on by itself at %(time)s, without words of yours.") % {
        "time": _clock(hop.alone_at)
    }


def _clock(at: datetime) -> str:
    return date_format(timezone.localtime(at), "TIME_FORMAT")


def _defer_carrying(hop: Hop) -> None:
    job = deferred.configure_task("rabta.jobs.tasks.carry_hop", allow_unknown=True, queue="fan_out")
    job.defer(hop_id=hop.pk)


def spread(direction_id: int, *, now: datetime) -> None:
    """Begin: a hop for the group and each below it, and the first level is told.

    Whoever runs the group himself need not receive his own instruction: his members hear it now. At once: members of
    all levels hear it, each once, and every hop is asked to confirm. A picture goes with it without the camera's
    notes, and one that can't be read does not go.
    """
    _clean_picture(direction_id, now=now)
    with system(REASON):
        rows = Direction.objects.select_for_update(of=("self",)).select_related("group__unit")
        direction = rows.filter(pk=direction_id, spread_at=None, ended_at=None).first()
        if direction is None:
            return
        directory = force_directory.current(now=now)
        groups = directions.asked(direction.group, of=direction.officer_id, directory=directory)
        hops = _make(direction, groups)
        own = [direction.group] if direction.group not in groups else []
        _say(direction, [*own, *(groups if direction.at_once else ())], (), now=now)
        _tell(
            [hop for hop in hops if direction.at_once or hop.parent_id is None], directory=directory, now=now
        )
        direction.spread_at = now
        direction.save(update_fields=["spread_at"])


def _clean_picture(direction_id: int, *, now: datetime) -> None:
    with system(REASON):
        rows = Direction.objects.filter(pk=direction_id, spread_at=None).select_related("file")
        direction = rows.exclude(file=None).first()
    if direction and direction.file:
        with contextlib.suppress(UploadRefused):
            images.ensure_clean(direction.file, now)


def _make(direction: Direction, groups: Sequence[Group]) -> list[Hop]:
    """The hops, level by level; each hangs on that of the nearest group above it that is open."""
    parents = {path for group in groups for path in group.path[:-1]}
    by_group: dict[int, Hop] = {}
    for depth in sorted({len(group.path) for group in groups}):
        level = [_hop(direction, group, by_group, parents) for group in groups if len(group.path) == depth]
        for hop in Hop.objects.bulk_create(level):
            hop.path = [*(hop.parent.path if hop.parent else ()), hop.pk]
            by_group[hop.group_id] = hop
        Hop.objects.bulk_update(level, ["path"])
    return list(by_group.values())


def _hop(direction: Direction, group: Group, made: dict[int, Hop], parents: set[int]) -> Hop:
    lowest = group.pk not in parents
    asked = direction.proof != Direction.Proof.NONE and (lowest or direction.proof_of_all)
    above = next((made[one] for one in reversed(group.path[:-1]) if one in made), None)
    return Hop(
        direction=direction,
        group=group,
        unit=group.unit,
        parent=above,
        lowest=lowest,
        visible_to=direction.visible_to,
        proof_state=Hop.ProofState.NONE if asked else Hop.ProofState.NOT_ASKED,
    )


def _tell(hops: Sequence[Hop], *, directory: Directory, now: datetime) -> None:
    """The posts of these hops are told; the limit of each begins."""
    for hop in hops:
        _address(hop, directory)
        hop.state, hop.told_at = Hop.State.TOLD, now
        hop.due_at = now + timedelta(minutes=hop.direction.limit_minutes)
        hop.visible_to = _seen_by(hop, directory)
    fields = ["post", "why", "state", "told_at", "due_at", "visible_to"]
    Hop.objects.bulk_update(hops, fields, batch_size=AT_ONCE)
    for hop in hops:  # who was told sees what will become of it below him
        if hop.lowest or hop.direction.at_once:
            continue
        below = Hop.objects.filter(path__contains=[hop.pk], told_at=None).exclude(pk=hop.pk)
        below.update(visible_to=hop.visible_to)
    telling.told(hops, directory=directory, now=now)


def _address(hop: Hop, directory: Directory) -> None:
    found = directions.addressee(hop.group, directory=directory)
    hop.post, hop.why = (found.post, found.why) if found else (None, "")


def _seen_by(hop: Hop, directory: Directory) -> list[int]:
    """Its unit, all above, and the unit of the post that stands in."""
    units = list(directory.path(hop.unit_id))
    if hop.post and hop.post.unit_id not in units:
        units.append(hop.post.unit_id)
    return units


def carry(hop_id: int, *, now: datetime) -> None:
    """Bring a hop that was passed on, or that goes on by itself, to its members and to the hops below."""
    with system(REASON):
        rows = Hop.objects.select_for_update(of=("self",)).select_related("direction", "group__unit", "unit")
        hop = rows.filter(pk=hop_id, carried_at=None, direction__ended_at=None).first()
        if hop is None or not (hop.passed_at or hop.alone_at):
            return
        direction, directory = hop.direction, force_directory.current(now=now)
        above = list(Hop.objects.filter(pk__in=hop.path[:-1]).select_related("unit").order_by("path"))
        adding = directions.additions(hop, above=() if direction.at_once else above)
        if adding or not direction.at_once:
            hop.broadcast = _say(direction, [hop.group], adding, now=now)
        if hop.addition:
            _show_below(hop)
        below = Hop.objects.filter(parent=hop, told_at=None).select_related("direction", "group", "unit")
        _tell(list(below), directory=directory, now=now)
        hop.carried_at = now
        hop.save(update_fields=["carried_at", "broadcast"])


def _show_below(hop: Hop) -> None:
    """Those below read what this level added; its own row they do not see."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE groups_hop SET above = above || %s::jsonb WHERE path @> ARRAY[%s]::bigint[] AND id <> %s",
            [json.dumps([[hop.unit_id, hop.addition]]), hop.pk, hop.pk],
        )


def _say(
    direction: Direction, groups: Sequence[Group], adding: Sequence[Hop], *, now: datetime
) -> Broadcast | None:
    """Members hear it; of one that is for police only, nobody else does. Returns the letter that holds most of it."""
    if direction.police_only:  # a chat that lives elsewhere can't be told who of it is police
        groups = [group for group in groups if not group.chat]
    if not groups:
        return None
    texts = directions.wordings(
        direction, adding, most=saying.LONGEST, only_added=direction.at_once and bool(adding)
    )
    said = [
        saying.say_for_force(
            groups=groups,
            words=words,
            what="direction",
            now=now,
            about=f"direction:{direction.public_id}",
            officers_only=direction.police_only,
            file=_picture(direction) if number == 0 and not (direction.at_once and adding) else None,
        )
        for number, words in enumerate(texts)
    ]
    return said[0] if said else None


def _picture(direction: Direction) -> StoredFile | None:
    return direction.file if direction.file and direction.file.cleaned_id else None


def tick(*, now: datetime) -> None:
    """Remind, escalate, go on by itself, and take up what a job lost. Safe to repeat; each hop by itself."""
    with system(REASON):
        lost = now - LOST_AFTER
        unspread = list(
            Direction.objects.filter(spread_at=None, ended_at=None, given_at__lte=lost).values_list(
                "pk", flat=True
            )
        )
        hops = [hop.pk for hop in _open_ones(now=now) if _steps(hop, now=now)][:AT_ONCE]
        uncarried = Hop.objects.filter(carried_at=None, direction__ended_at=None).filter(
            Q(passed_at__lte=lost) | Q(alone_at__lte=lost)
        )
        forgotten = list(uncarried.values_list("pk", flat=True)[:AT_ONCE])
    for pk in unspread:
        spread(pk, now=now)
    for pk in hops:
        _step(pk, now=now)
    for pk in forgotten:
        carry(pk, now=now)


def _open_ones(*, now: datetime) -> QuerySet[Hop]:
    """Hops for which the clock may ask for something, the latest first."""
    confirm = Q(state=Hop.State.TOLD, due_at__gt=now, reminded__lt=F("direction__reminders"))
    late = Q(state=Hop.State.TOLD, due_at__lte=now, escalated_at=None)
    go_on = Q(
        state__in=[Hop.State.TOLD, Hop.State.RECEIVED],
        due_at__lte=now,
        alone_at=None,
        direction__at_once=False,
    )
    found = Hop.objects.filter(confirm | late | go_on, direction__ended_at=None)
    return found.select_related("direction").order_by("due_at", "pk")


def _steps(hop: Hop, *, now: datetime) -> list[Step]:
    return rule.steps(hop.facts, reminders_wanted=hop.direction.reminders, now=now)


def _step(hop_id: int, *, now: datetime) -> None:
    with system(REASON):
        rows = Hop.objects.select_for_update(of=("self",), skip_locked=True)
        hop = rows.select_related("direction", "group", "unit", "post", "parent").filter(pk=hop_id).first()
        if hop is None:
            return
        directory, steps = force_directory.current(now=now), _steps(hop, now=now)
        if Step.REMIND in steps:
            _remind(hop, directory, now=now)
        if Step.ESCALATE in steps:
            _escalate(hop, directory, now=now)
        if Step.GO_ON in steps:
            hop.alone_at = now
            hop.save(update_fields=["alone_at"])
            audit.record("hop_alone", now=now, reason=REASON, subject="hop", ids=[hop.pk])
            _defer_carrying(hop)


def _remind(hop: Hop, directory: Directory, *, now: datetime) -> None:
    """Whoever holds the post now is reminded; where nobody does any more, who stands in is told instead."""
    address_again(hop, directory)
    hop.reminded, hop.reminded_at = _reminders_past(hop, now=now), now
    hop.save(update_fields=["post", "why", "visible_to", "reminded", "reminded_at"])
    telling.told([hop], directory=directory, now=now, again=True)


def address_again(hop: Hop, directory: Directory) -> None:
    """Where nobody holds the post any more, who stands in is addressed; the row is not saved."""
    if not directory.holders(hop.post_id or 0):
        _address(hop, directory)
        hop.visible_to = _seen_by(hop, directory)


def _reminders_past(hop: Hop, *, now: datetime) -> int:
    assert hop.told_at is not None and hop.due_at is not None
    times = rule.reminders(told_at=hop.told_at, due_at=hop.due_at, count=hop.direction.reminders)
    return sum(at <= now for at in times)


def _escalate(hop: Hop, directory: Directory, *, now: datetime) -> None:
    """One level up, by name."""
    to = level_above(hop, directory)
    hop.escalated_at, hop.escalated_to = now, to
    hop.save(update_fields=["escalated_at", "escalated_to"])
    audit.record("hop_escalated", now=now, reason=REASON, subject="hop", ids=[hop.pk])
    if to:
        telling.late(hop, to=to, directory=directory, now=now)


def level_above(hop: Hop, directory: Directory) -> Post | None:
    """Who is told of what is late: the post of the hop above, else whoever gave the instruction."""
    posts = directory.posts
    above = posts.get((hop.parent.post_id if hop.parent else None) or 0)
    giver = posts.get(hop.direction.post_id or 0)
    return above if above and directory.holders(above.pk) else giver
