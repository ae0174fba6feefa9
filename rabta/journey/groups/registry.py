"""The register of groups is kept: a group is opened, changed, closed; posts are seated in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.force.models import Post, Role, Unit
from rabta.groups.models import Application, Door, Group, Member, Membership, Seat


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a group is, as it is entered. `administrator` (a post) or `outside` (a member) runs it (K22)."""

    name: str
    kind: str
    unit: Unit
    name_hi: str = ""
    name_ur: str = ""
    mode: str = Group.Mode.MODERATED
    purpose: str = ""
    rules: str = ""
    parent: Group | None = None
    administrator: Post | None = None
    outside: Member | None = None
    quiet_from: time | None = None
    quiet_to: time | None = None


@dataclass(frozen=True)
class Wanted:
    """A seat as it is entered: posts of a role ("" for all), where they stand, and personnel without a login."""

    role: str
    reach: str
    personnel: bool = False


def _seats(*wanted: tuple[str, str] | tuple[str, str, bool]) -> tuple[Wanted, ...]:
    return tuple(Wanted(*one) for one in wanted)


# Who belongs to a group of each kind by itself (R6–R11, H6), until it is changed.
USUAL: dict[str, tuple[Wanted, ...]] = {
    Group.Kind.VOLUNTEERS: _seats(("", "own"), ("circle_officer", "above")),
    Group.Kind.CIRCLE: _seats(("", "below"), ("district_head", "above"), ("range_head", "above")),
    Group.Kind.DISTRICT: _seats(
        ("district_head", "own"),
        ("circle_officer", "below"),
        ("sho", "below"),
        ("pro", "below"),
        ("range_head", "above"),
    ),
    Group.Kind.RANGE: _seats(("range_head", "own"), ("district_head", "below"), ("pro", "below")),
    Group.Kind.HEADQUARTERS: _seats(
        ("chief", "own"), ("range_head", "below"), ("district_head", "below"), ("pro", "below")
    ),
    Group.Kind.POLICE: _seats(("", "below", True)),
    Group.Kind.MEDIA: _seats(("pro", "own"), ("pro", "above")),
    Group.Kind.CITIZENS: (),
}


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A group after a change, with the names of what changed."""

    group: Group
    fields: list[str] = field(default_factory=list)


def post_over(by: Scope, group: Group) -> int | None:
    """The post under which the officer runs a group: one that runs groups at or above its unit, else None."""
    fitting = (
        grant.post_id
        for grant in by.grants
        if Permission.GROUPS in grant.permissions and grant.unit_id in group.visible_to
    )
    return next(fitting, None)


def check(facts: Facts, *, by: Scope, of: Group | None = None) -> None:
    """Refused, in words, where a group of these facts can't stand, or the officer does not run groups there."""
    over = by.units_with(Permission.GROUPS)
    if not over & set(facts.unit.path) or (of is not None and post_over(by, of) is None):
        raise Refused(_("None of your posts runs groups of this unit."))
    if not facts.name.strip():
        raise Refused(_("Give the group a name."))
    if facts.administrator and facts.outside:
        raise Refused(_("A group is run by a post, or by somebody outside the police; not by both."))
    if not (facts.administrator or facts.outside):
        raise Refused(_("Say which post runs the group, or who outside the police does."))
    parent = facts.parent
    if parent and parent.unit_id not in facts.unit.path:
        raise Refused(_("The group above must belong to the same unit or to one above it."))
    if of and parent and of.pk in parent.path:
        raise Refused(_("A group can't stand below itself."))
    _check_quiet(facts)
    if of is None or (of.unit_id, of.name) != (facts.unit.pk, facts.name.strip()):
        _check_name(facts, of=of)


def _check_quiet(facts: Facts) -> None:
    if (facts.quiet_from is None) != (facts.quiet_to is None):
        raise Refused(_("Quiet hours need a beginning and an end."))
    if facts.quiet_from is not None and facts.quiet_from == facts.quiet_to:
        raise Refused(_("Quiet hours end at another time than they begin. Leave both empty for none."))


def _check_name(facts: Facts, *, of: Group | None) -> None:
    named = Group.objects.filter(unit=facts.unit, name__iexact=facts.name.strip(), closed_at=None)
    if named.exclude(pk__in=[of.pk] if of else []).exists():
        raise Refused(_("There is an open group of this name at this unit already."))


def open_group(
    *, facts: Facts, code: str, by: Scope, now: datetime, seats: Iterable[Wanted] | None = None
) -> Group:
    """Open a group, with the seats that are usual for its kind or with these. Refused when the code is taken."""
    check(facts, by=by)
    wanted = USUAL[facts.kind] if seats is None else _sound(seats)
    group = Group(code=code, opened_at=now)
    _fill(group, facts)
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        raise Refused(_("There is a group with this short name already. Choose another.")) from None
    group.path = [*(facts.parent.path if facts.parent else []), group.pk]
    group.save(update_fields=["path"])
    _seat(group, wanted)
    _record("group_opened", group, by=by, now=now)
    return group


def change(*, group: Group, facts: Facts, by: Scope, now: datetime) -> Changed:
    """Change what a group is; those below follow when it moves to another place in the tree."""
    check(facts, by=by, of=group)
    held = Group.objects.select_for_update().get(pk=group.pk)
    before = _values(held)
    path = held.path
    # Whoever runs a station's group may not see the one above it: that is none of what he changes.
    above = held.parent_id
    hidden = above is not None and not Group.objects.filter(pk=above).exists()
    unit = held.unit_id
    _fill(held, facts)
    held.path = [*(facts.parent.path if facts.parent else []), held.pk]
    if hidden and facts.parent is None:
        held.parent_id, held.path = above, path
    held.save()
    if held.path != path:
        _move_below(held, was=path)
    if held.unit_id != unit:
        _take_along(held, was=unit)
    fields = [name for name, value in _values(held).items() if value != before[name]]
    _record("group_changed", held, by=by, now=now, detail={"fields": fields})
    return Changed(group=held, fields=fields)


def close(*, group: Group, by: Scope, now: datetime) -> Group:
    """Close a group: everybody's place in it ends. Refused while there are open groups below."""
    held = Group.objects.select_for_update().get(pk=group.pk)
    if post_over(by, held) is None:
        raise Refused(_("None of your posts runs this group. Ask its administrator."))
    if held.closed_at:
        raise Refused(_("The group is closed already."))
    if held.children.filter(closed_at=None).exists():
        raise Refused(_("There are open groups below. Close them first, or put them below another group."))
    held.closed_at = now
    held.save(update_fields=["closed_at"])
    Membership.objects.filter(group=held, ended_at=None).update(ended_at=now, why="closed")
    _record("group_closed", held, by=by, now=now)
    return held


def seat(*, group: Group, seats: Iterable[Wanted], by: Scope, now: datetime) -> None:
    """Say which posts belong to a group by themselves, in place of those that did."""
    if post_over(by, group) is None:
        raise Refused(_("None of your posts runs this group. Ask its administrator."))
    wanted = _sound(seats)
    Seat.objects.filter(group=group).delete()
    _seat(group, wanted)
    _record("group_seated", group, by=by, now=now)


_FIELDS = (
    "name", "name_hi", "name_ur", "kind", "mode", "purpose", "rules", "unit", "parent", "administrator", "outside",
    "quiet_from", "quiet_to",
)  # fmt: skip


def _values(group: Group) -> dict[str, object]:
    """What a group is; of rows that it points to the keys, as not all of them can be seen."""
    return {name: getattr(group, Group._meta.get_field(name).attname) for name in _FIELDS}


def _fill(group: Group, facts: Facts) -> None:
    for name in _FIELDS:
        setattr(group, name, getattr(facts, name))
    group.visible_to = list(facts.unit.path)


def _move_below(group: Group, *, was: list[int]) -> None:
    below = list(Group.objects.filter(path__contains=[group.pk]).exclude(pk=group.pk))
    for one in below:
        one.path = [*group.path, *one.path[len(was) :]]
    Group.objects.bulk_update(below, ["path"])


def _take_along(group: Group, *, was: int) -> None:
    """Who asks to belong to it, and the addresses at which people ask, are seen by the unit that it belongs to now; and
    its members belong to that unit, but for those who are in another group of the unit that it left."""
    for rows in (Application.objects.filter(group=group), Door.objects.filter(group=group)):
        rows.update(visible_to=group.visible_to)
    places = Membership.objects.filter(ended_at=None)
    stay = places.filter(member=OuterRef("pk"), group__unit=was).exclude(group=group)
    theirs = Member.objects.filter(unit=was, pk__in=places.filter(group=group).values("member"))
    theirs.exclude(Exists(stay)).update(unit=group.unit_id, visible_to=group.visible_to)


def _sound(seats: Iterable[Wanted]) -> list[Wanted]:
    """Of two seats for the same posts the last counts. Refused where there is no such role or place."""
    wanted = list({(one.role, one.reach): one for one in seats}.values())
    for one in wanted:
        if (one.role and one.role not in Role.values) or one.reach not in Seat.Reach.values:
            raise Refused(_("Choose a role and where its posts stand."))
        if one.personnel and (one.role or one.reach == Seat.Reach.ABOVE):
            raise Refused(
                _("Personnel without a login can be added to “all posts” of the unit or below only.")
            )
    return wanted


def _seat(group: Group, seats: Iterable[Wanted]) -> None:
    Seat.objects.bulk_create(
        Seat(group=group, role=one.role, reach=one.reach, personnel=one.personnel) for one in seats
    )


def _record(
    act: str, group: Group, *, by: Scope, now: datetime, detail: dict[str, object] | None = None
) -> None:
    audit.record(act, now=now, officer_id=by.officer.pk, subject="group", ids=[group.pk], detail=detail or {})
