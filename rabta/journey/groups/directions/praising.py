"""Good work goes up, level by level, each with a word of its own; approved at the top, all circle groups hear of it.

Posting it in public is other work: `approved` is where that begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.files import uploads
from rabta.files.models import StoredFile
from rabta.files.uploads import Taken
from rabta.force.access import Permission, Scope, system
from rabta.force.models import Post, Unit
from rabta.groups import relays
from rabta.groups.models import GoodWork, GoodWorkStep, Group
from rabta.groups.words import page_language
from rabta.journey.groups.broadcasts import saying
from rabta.journey.groups.directions.proving import MOST_PHOTOS, add_photos
from rabta.rules import relaying as rule

REASON = "telling circles of good work"
LONGEST, LONGEST_REMARK, MOST_PEOPLE = 2000, 500, 30
What, State = GoodWorkStep.What, GoodWork.State


@dataclass(frozen=True, kw_only=True)
class Told:
    """What an officer wrote. `people` are police staff; `promised`: he said that nobody else is named or shown."""

    title: str
    text: str
    people: Sequence[str] = ()
    promised: bool = False


def submit(
    *,
    told: Told,
    files: Sequence[Taken] = (),
    stored: Sequence[StoredFile] = (),
    by: Scope,
    now: datetime,
) -> GoodWork:
    """Hand good work in; it begins at the unit above one's own. `stored` are pictures that are kept already.

    Refused without a post, or without the promise.
    """
    people = _checked(told, files)
    post = Post.objects.select_related("unit").filter(pk__in=by.posts).order_by("pk").first()
    if post is None:
        raise Refused(_("You hold no post today. Whoever holds one hands good work in."))
    unit = post.unit
    work = GoodWork.objects.create(
        title=told.title.strip(),
        text=told.text.strip(),
        people=people,
        unit=unit,
        visible_to=unit.path,
        lies_at_id=unit.parent_id or unit.pk,
        officer=by.officer,
        post=post,
        at=now,
        promised_at=now,
        changed_at=now,
    )
    add_photos([*uploads.keep(files, now=now), *stored], now=now, work=work)
    _add(work, What.SUBMITTED, unit_id=unit.pk, post_id=post.pk, by=by, now=now)
    return work


def amend(*, work: GoodWork, told: Told, files: Sequence[Taken], by: Scope, now: datetime) -> None:
    """Hand it in again, changed, after it was returned: to the level that returned it. By its author only."""
    people = _checked(told, files)
    work = _locked(work)
    if work.officer_id != by.officer.pk:
        raise Refused(_("Only the officer who handed it in changes it."))
    if work.state != State.RETURNED:
        raise Refused(_("It can be changed when it was returned to you."))
    work.title, work.text, work.people = told.title.strip(), told.text.strip(), people
    work.state, work.changed_at = State.MOVING, now
    work.save(update_fields=["title", "text", "people", "state", "changed_at"])
    add_photos(uploads.keep(files, now=now), now=now, work=work)
    _add(work, What.AMENDED, unit_id=work.unit_id, post_id=work.post_id, by=by, now=now)


def support(*, work: GoodWork, remark: str, by: Scope, now: datetime) -> None:
    """Send it one level further up, with a word of one's own. At headquarters it is approved instead."""
    work, unit_id, post_id = _mine(work, by)
    above = rule.next_up(work.unit.path, supported_at=[unit_id])
    if above is None:
        raise Refused(_("It is at headquarters: approve it or return it."))
    work.lies_at_id, work.changed_at = above, now
    work.save(update_fields=["lies_at", "changed_at"])
    _add(work, What.SUPPORTED, unit_id=unit_id, post_id=post_id, by=by, now=now, remark=remark)


def give_back(*, work: GoodWork, remark: str, by: Scope, now: datetime) -> None:
    """Return it to its author with what is missing."""
    if not remark.strip():
        raise Refused(_("Write why it is returned: its author reads that."))
    work, unit_id, post_id = _mine(work, by)
    work.state, work.lies_at_id, work.changed_at = State.RETURNED, unit_id, now
    work.save(update_fields=["state", "lies_at", "changed_at"])
    _add(work, What.RETURNED, unit_id=unit_id, post_id=post_id, by=by, now=now, remark=remark)


def approve(*, work: GoodWork, remark: str, by: Scope, now: datetime) -> None:
    """Approve it at headquarters: a job tells all circle groups, and it waits to be published."""
    work, unit_id, post_id = _mine(work, by)
    if unit_id != work.unit.path[0]:
        raise Refused(_("Headquarters approves. Support it, and it goes further up."))
    work.state, work.lies_at_id = State.APPROVED, unit_id
    work.approved_at, work.changed_at = now, now
    work.save(update_fields=["state", "lies_at", "approved_at", "changed_at"])
    _add(work, What.APPROVED, unit_id=unit_id, post_id=post_id, by=by, now=now, remark=remark)
    job = deferred.configure_task("rabta.jobs.tasks.tell_good_work", allow_unknown=True, queue="fan_out")
    job.defer(work_id=work.pk)


def tell_circles(work_id: int, *, now: datetime) -> None:
    """All circle groups hear of approved good work, once."""
    with system(REASON):
        work = (
            GoodWork.objects.select_for_update(of=("self",))
            .select_related("unit", "lies_at")
            .filter(pk=work_id, state=State.APPROVED, told_at=None)
            .first()
        )
        if work is None:
            return
        work.told_at = now
        work.save(update_fields=["told_at"])
        circles = list(Group.objects.filter(kind=Group.Kind.CIRCLE, closed_at=None).select_related("unit"))
        if circles:
            with transaction.atomic():
                saying.say_for_force(
                    groups=circles, words=_words(work), what="good_work", now=now,
                    about=f"work:{work.public_id}", unit=work.lies_at,
                )  # fmt: skip


def decides_at(by: Scope, work: GoodWork) -> int | None:
    """The unit for which the officer may decide on it now; None when it is not his turn, or it is his own."""
    if work.state != State.MOVING or work.officer_id == by.officer.pk:
        return None
    path = list(work.unit.path)
    mine = [path.index(unit) for unit in by.units_with(Permission.DIRECT) if unit in path]
    lies = path.index(work.lies_at_id) if work.lies_at_id in path else 0
    highest = min(mine, default=len(path))
    return path[highest] if highest <= lies else None


def _mine(work: GoodWork, by: Scope) -> tuple[GoodWork, int, int | None]:
    """The work, locked, with the unit and the post for which the officer decides. Refused where he does not."""
    work = _locked(work)
    unit_id = decides_at(by, work)
    if unit_id is None:
        if work.state != State.MOVING:
            raise Refused(_("This was decided meanwhile: %(state)s.") % {"state": work.get_state_display()})
        raise Refused(_("It is not your turn: it lies with %(unit)s.") % {"unit": work.lies_at})
    posts = (g.post_id for g in by.grants if g.unit_id == unit_id and Permission.DIRECT in g.permissions)
    return work, unit_id, next(posts, None)


def _locked(work: GoodWork) -> GoodWork:
    rows = GoodWork.objects.select_for_update(of=("self",)).select_related("unit", "lies_at")
    return rows.get(pk=work.pk)


def _checked(told: Told, files: Sequence[Taken]) -> list[str]:
    """The names, ready. Refused where something is missing or too long."""
    if not told.title.strip() or not told.text.strip():
        raise Refused(_("Write a title, and what was done."))
    if len(told.title.strip()) > 120:
        raise Refused(_("The title is too long: 120 letters at most."))
    if len(told.text.strip()) > LONGEST:
        raise Refused(_("The text is too long: %(most)d letters at most.") % {"most": LONGEST})
    people = [name for one in told.people if (name := " ".join(one.split()))]
    if len(people) > MOST_PEOPLE or any(len(name) > 120 for name in people):
        raise Refused(_("At most %(most)d people, one on a line.") % {"most": MOST_PEOPLE})
    if len(files) > MOST_PHOTOS:
        raise Refused(_("At most %(number)s photos at once.") % {"number": MOST_PHOTOS})
    if not told.promised:
        raise Refused(
            _("Tick that no victim, child or informant is named or shown. Take out what could tell of them.")
        )
    return people


def _add(
    work: GoodWork,
    what: str,
    *,
    unit_id: int,
    post_id: int | None,
    by: Scope,
    now: datetime,
    remark: str = "",
) -> None:
    """The step that everybody reads, and the record."""
    remark = remark.strip()
    if len(remark) > LONGEST_REMARK:
        raise Refused(_("The remark is too long: %(most)d letters at most.") % {"most": LONGEST_REMARK})
    GoodWorkStep.objects.create(
        work=work, what=what, unit_id=unit_id, officer=by.officer, post_id=post_id, remark=remark, at=now
    )
    audit.record(
        f"good_work_{what}", now=now, officer_id=by.officer.pk, post_id=post_id, subject="good_work",
        ids=[work.pk],
    )  # fmt: skip


def _words(work: GoodWork) -> dict[str, str]:
    """What circles read, in each language: the frame is ours, the text is as it was written, as much as fits."""
    return {language: _text(work, language) for language in ("", *relays.LANGUAGES)}


def _text(work: GoodWork, language: str) -> str:
    unit: Unit = work.unit
    with translation.override(page_language(language)):
        head = relays.framed("good_work", language=language, unit=str(unit), title=work.title)
    people = ", ".join(work.people)
    done_by = relays.framed("people", language=language, people=people) if people else ""
    room = saying.LONGEST - len(head) - 2
    end = f"\n{done_by}" if done_by and len(done_by) < room // 2 else ""
    room -= len(end)
    text = work.text if len(work.text) <= room else f"{work.text[: room - 1].rstrip()}…"
    return f"{head}\n{text}{end}"
