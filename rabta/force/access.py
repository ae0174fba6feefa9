"""The one vocabulary of permissions, and who has them: rights come from current postings, and from nothing else.

A posting gives the permissions of its post's role on the cases that its unit may see. A `Scope` is all that an officer
holds today; `enter` tells PostgreSQL about it for the running transaction, so that row-level security says the same.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from rabta.force.models import Officer, Post, Posting, Role
from rabta.rules.visibility import ANYBODY, person


class Permission(StrEnum):
    """What can be done. Names are verbs on what follows them."""

    SEE_CASES = "see_cases"
    HANDLE_CASES = "handle_cases"  # reply, note, categorise, place, open and split cases
    ORDER = "order"  # give and withdraw orders
    RELEASE = "release"  # decide on a withheld case
    WORK_ORDERS = "work_orders"  # accept, report, return what one's post was ordered
    CONFIDE = "confide"  # begin a confidential inquiry, say who is named in it, end it
    VERIFY = "verify"  # accept or reject an action-taken report
    SUPERVISE = "supervise"  # the page of ordered cases, figures
    EXPORT = "export"  # take lists of cases and figures out of the house, as files
    RUN_DESK = "run_desk"  # prepared answers, shifts, how cases are shared out
    PUBLISH = "publish"  # write posts of the force's accounts, and let go what another officer wrote
    SEE_INTAKE = "see_intake"  # ledger, quarantine, dead deliveries
    ADMINISTER = "administer"  # accounts, units, postings
    RESET_PINS = "reset_pins"  # of officers at and below one's unit who sign in by phone
    SEE_RECORD = "see_record"  # who did and who saw what
    GROUPS = "groups"  # run groups at and below one's unit: members, what is let through, announcements
    DIRECT = "direct"  # give instructions down the chain of groups, and say when their proof is enough


_P = Permission
_COMMANDS = frozenset({_P.SEE_CASES, _P.ORDER, _P.WORK_ORDERS, _P.VERIFY, _P.SUPERVISE, _P.GROUPS, _P.DIRECT})
PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.CHIEF: frozenset(
        {
            _P.SEE_CASES,
            _P.ORDER,
            _P.RELEASE,
            _P.CONFIDE,
            _P.WORK_ORDERS,
            _P.VERIFY,
            _P.SUPERVISE,
            _P.EXPORT,
            _P.PUBLISH,
            _P.SEE_INTAKE,
            _P.GROUPS,
            _P.DIRECT,
        }
    ),
    Role.RANGE_HEAD: _COMMANDS | {_P.EXPORT, _P.PUBLISH},
    Role.DISTRICT_HEAD: _COMMANDS | {_P.EXPORT, _P.PUBLISH, _P.RESET_PINS},
    Role.CIRCLE_OFFICER: _COMMANDS,
    Role.SHO: frozenset({_P.SEE_CASES, _P.WORK_ORDERS, _P.GROUPS}),
    Role.CELL_HEAD: frozenset({_P.SEE_CASES, _P.WORK_ORDERS}),
    # Sees no case but those that were given to him by name.
    Role.INQUIRY_OFFICER: frozenset({_P.WORK_ORDERS}),
    Role.DESK_HEAD: frozenset(
        {
            _P.SEE_CASES,
            _P.HANDLE_CASES,
            _P.ORDER,
            _P.RELEASE,
            _P.CONFIDE,
            _P.VERIFY,
            _P.SUPERVISE,
            _P.EXPORT,
            _P.RUN_DESK,
            _P.PUBLISH,
            _P.SEE_INTAKE,
            _P.GROUPS,
            _P.DIRECT,
        }
    ),
    Role.DESK_OPERATOR: frozenset(
        {_P.SEE_CASES, _P.HANDLE_CASES, _P.ORDER, _P.RELEASE, _P.PUBLISH, _P.GROUPS}
    ),
    # Speaks for the unit and runs its groups; sees no case (K20).
    Role.PRO: frozenset({_P.GROUPS, _P.PUBLISH}),
    Role.OVERSIGHT: frozenset(
        {
            _P.SEE_CASES,
            _P.RELEASE,
            _P.CONFIDE,
            _P.SUPERVISE,
            _P.EXPORT,
            _P.SEE_INTAKE,
            _P.SEE_RECORD,
        }
    ),
    Role.ADMINISTRATOR: frozenset({_P.SEE_INTAKE, _P.ADMINISTER, _P.SEE_RECORD, _P.RESET_PINS}),
}
# Roles whose posts take orders on a case: they work on them. Who inquires gets his from the head of his station.
TAKES_ORDERS = frozenset(r for r, may in PERMISSIONS.items() if Permission.WORK_ORDERS in may) - {
    Role.INQUIRY_OFFICER
}
# A desk and an oversight post serve the unit above them, not the office that they sit in.
SERVES_PARENT = frozenset({Role.DESK_HEAD, Role.DESK_OPERATOR, Role.OVERSIGHT, Role.ADMINISTRATOR})


# Posts of the highest unit that a complaint against police is not about as long as nobody is named.
NOT_ACCUSED_AT_LARGE = SERVES_PARENT | {Role.CHIEF}


_WIDE = frozenset({Role.CHIEF, Role.DESK_HEAD, Role.OVERSIGHT, Role.ADMINISTRATOR})


def is_wide(role: str, *, depth: int) -> bool:
    """Whether a post opens so much that one administrator alone neither fills it nor helps its holder to sign in.

    `depth` is how many units stand from the force down to the post's own: an operator of the highest desk reads all.
    """
    return role in _WIDE or (role == Role.DESK_OPERATOR and depth <= 2)


class Guarded(Protocol):
    """A row that says who sees it and from whom it is hidden."""

    @property
    def visible_to(self) -> list[int]: ...
    @property
    def hidden_from(self) -> list[int]: ...


@dataclass(frozen=True)
class Grant:
    """What one posting allows: these permissions on the cases that `unit_id` may see.

    `own` is as whom its holder is shut out: the unit that the post stands in, whatever it serves.
    """

    post_id: int
    unit_id: int
    permissions: frozenset[Permission]
    own: frozenset[int] = frozenset()
    role: str = ""
    path: tuple[int, ...] = ()  # from the force down to `unit_id`


@dataclass(frozen=True)
class Scope:
    """All that an officer may do today. `posts` are the ones held; orders are addressed to those."""

    officer: Officer
    grants: tuple[Grant, ...]

    @property
    def posts(self) -> frozenset[int]:
        return frozenset(grant.post_id for grant in self.grants)

    @property
    def roles(self) -> frozenset[str]:
        """The roles of the posts that are held."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def units(self) -> frozenset[int]:
        """Units whose cases may be seen at all."""
        return frozenset(g.unit_id for g in self.grants if Permission.SEE_CASES in g.permissions)

    @property
    def sees_as(self) -> frozenset[int]:
        """The officer among `visible_to`: his units and himself; nothing without a post that sees or works on cases."""
        return self.units | {person(self.officer.pk)} if self._by_name else frozenset()

    @property
    def _by_name(self) -> bool:
        """Whether a case can be shown to the officer by his name: a post that inquires sees no others."""
        return bool(self.units) or self.has(Permission.WORK_ORDERS)

    @property
    def shut_out_as(self) -> frozenset[int]:
        """The officer among `hidden_from`: himself and every unit in which he holds any post."""
        return frozenset({person(self.officer.pk)}).union(*(grant.own for grant in self.grants))

    def has(self, permission: Permission) -> bool:
        """Whether any posting gives the permission (for pages and menus; rows are asked with `may`)."""
        return any(permission in grant.permissions for grant in self.grants)

    def units_with(self, permission: Permission) -> frozenset[int]:
        """Units over which the permission is held: it reaches them and all below."""
        return frozenset(g.unit_id for g in self.grants if permission in g.permissions)

    def over_force(self, permission: Permission) -> bool:
        """Whether the permission is held over the whole force."""
        return any(permission in g.permissions and len(g.path) == 1 for g in self.grants)

    def over_all(self, permission: Permission) -> bool:
        """Whether the permission is held over the whole force, by somebody from whom nothing is kept at large."""
        return self.over_force(permission) and ANYBODY not in self.shut_out_as

    def may(self, permission: Permission, row: Guarded) -> bool:
        """Whether the permission reaches this row."""
        return any(permission in grant.permissions for grant in self._reaching(row))

    def post_for(self, permission: Permission, row: Guarded) -> int | None:
        """The post under which the officer acts on such a row."""
        fitting = (g.post_id for g in self._reaching(row) if permission in g.permissions)
        return next(fitting, None)

    def _reaching(self, row: Guarded) -> Iterator[Grant]:
        """The postings that count on this row; all of them where the officer himself is named."""
        if self.shut_out_as & set(row.hidden_from):
            return
        named = person(self.officer.pk) in row.visible_to and self._by_name
        yield from (grant for grant in self.grants if named or grant.unit_id in row.visible_to)

    def visible(self, prefix: str = "") -> Q:
        """The filter for tables with `visible_to` and `hidden_from`; row-level security has the same in SQL.

        `prefix` leads to such a table from another (`order__`).
        """
        seen = Q(**{f"{prefix}visible_to__overlap": sorted(self.sees_as)})
        return seen & ~Q(**{f"{prefix}hidden_from__overlap": sorted(self.shut_out_as)})


def current_postings(*, on: date) -> QuerySet[Posting]:
    """Postings that hold on a day."""
    return Posting.objects.filter(Q(ends=None) | Q(ends__gte=on), starts__lte=on, officer__is_active=True)


def scope_of(officer: Officer, *, on: date) -> Scope:
    """The officer's scope on a day: one query."""
    postings = (
        current_postings(on=on).filter(officer=officer).select_related("post__unit").order_by("starts", "id")
    )
    return Scope(officer=officer, grants=tuple(_grant(posting.post) for posting in postings))


def _grant(post: Post) -> Grant:
    unit_id, path = post.unit_id, tuple(post.unit.path)
    if post.role in SERVES_PARENT and post.unit.parent_id:
        unit_id, path = post.unit.parent_id, path[:-1]
    return Grant(
        post_id=post.pk,
        unit_id=unit_id,
        permissions=PERMISSIONS[post.role],
        own=own_of(post, path=post.unit.path),
        role=post.role,
        path=path,
    )


def own_of(post: Post, *, path: Sequence[int]) -> frozenset[int]:
    """As whom the holder of a post is shut out of cases; `path` is that of the post's unit."""
    served = path[:-1] if post.role in SERVES_PARENT and len(path) > 1 else path
    at_large = post.role not in NOT_ACCUSED_AT_LARGE or len(served) > 1
    return frozenset({post.unit_id, ANYBODY} if at_large else {post.unit_id})


def _set(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def enter(scope: Scope) -> None:
    """Tell the running transaction who the officer is, what he may see and as whom he is shut out. Ends with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('rabta.units', %s, true), set_config('rabta.own', %s, true),"
            " set_config('rabta.officer', %s, true), set_config('rabta.groups', %s, true)",
            [
                _array(scope.sees_as),
                _array(scope.shut_out_as),
                str(scope.officer.pk),
                _array(scope.units_with(Permission.GROUPS)),
            ],
        )


def _array(numbers: frozenset[int]) -> str:
    return "{" + ",".join(map(str, sorted(numbers))) + "}"


def enter_receipt(digest_hex: str) -> None:
    """Let the running transaction see the case of one receipt code."""
    _set("rabta.receipt", digest_hex)


def enter_door(word: str) -> None:
    """Let the running transaction see the group whose address a visitor opened."""
    _set("rabta.door", word)


@contextmanager
def system(reason: str) -> Iterator[None]:
    """A transaction of a job that acts for the force; the reason goes into the events it writes."""
    with transaction.atomic():
        _set("rabta.system", reason)
        yield


@contextmanager
def as_officer(officer: Officer, *, on: date) -> Iterator[Scope]:
    """A transaction with an officer's rights, for the API, the command line and tests."""
    with transaction.atomic():
        scope = scope_of(officer, on=on)
        enter(scope)
        yield scope
