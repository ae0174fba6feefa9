"""What every step of a story asks for: who acts at a time, and when the next step is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from django.db.models import Q
from django.utils import timezone

from rabta.cases.models import Case, Order
from rabta.demo.history import Line, Mail
from rabta.force.access import Scope, current_postings, scope_of
from rabta.force.models import Officer, Post, Posting, Role, Unit

PACE = {0: 0.03, 1: 0.35}  # by urgency: how much sooner the first steps are taken


class Force:
    """Who acts. Postings begin while the history plays, and none of them ends."""

    def __init__(self) -> None:
        held = Posting.objects.filter(post__role=Role.DESK_OPERATOR, post__unit__code="DESK-HQ", ends=None)
        self.operators = [one.officer for one in held.select_related("officer").order_by("post__code")]
        self.oversight = Officer.objects.get(postings__post__role=Role.OVERSIGHT)
        self.starts = sorted(set(Posting.objects.values_list("starts", flat=True)))
        self._scope, self._holder, self._superior = cache(scope_of), cache(_holder), cache(_superior)

    def scope(self, officer: Officer, at: datetime) -> Scope:
        """All that the officer may do at a time."""
        return self._scope(officer, on=self._since(at))

    def holder(self, post: Post, at: datetime) -> Scope:
        """Whoever holds the post then."""
        return self.scope(self._holder(post, self._since(at)), at)

    def superior(self, unit: Unit, at: datetime) -> Scope:
        """Whoever verifies then what the unit reports."""
        return self.scope(self._superior(unit, self._since(at)), at)

    def _since(self, at: datetime) -> date:
        """The last day on which a posting began: since then nothing needs to be looked up again."""
        return max(day for day in self.starts if day <= timezone.localdate(at))


def _holder(post: Post, on: date) -> Officer:
    return current_postings(on=on).filter(post=post).select_related("officer").order_by("starts")[0].officer


def _superior(unit: Unit, on: date) -> Officer:
    """The nearest head above the unit; at the top the head of the desk verifies, not the chief."""
    above = list(reversed(unit.path[:-1]))
    heads = (Role.CIRCLE_OFFICER, Role.DISTRICT_HEAD, Role.RANGE_HEAD)
    of_desk = Q(post__role=Role.DESK_HEAD, post__unit__parent__in=above)
    held = current_postings(on=on).filter(Q(post__unit__in=above, post__role__in=heads) | of_desk)
    far = {unit: steps for steps, unit in enumerate(above)}
    postings = held.select_related("officer", "post")
    return min(postings, key=lambda one: far.get(one.post.unit_id, len(above))).officer


@dataclass(kw_only=True)
class Matter:
    """The case of one line, since the worker read it."""

    line: Line
    case: Case
    force: Force
    mail: Mail
    read_at: datetime

    def soon(self, minutes: int) -> datetime:
        """So long after it came, or sooner where it is urgent."""
        return self._after(minutes, PACE.get(self.case.urgency, 1))

    def later(self, minutes: int) -> datetime:
        """So long after it came, however urgent it is."""
        return self._after(minutes, 1)

    def _after(self, minutes: int, pace: float) -> datetime:
        return self.read_at + timedelta(minutes=pace * (minutes + self.line.number % 37))

    def desk(self, at: datetime) -> Scope:
        """The operator who has it on the desk."""
        operators = self.force.operators
        return self.force.scope(operators[self.line.number % len(operators)], at)

    def station(self) -> Unit:
        """The station that it is about."""
        return Unit.objects.get(code=self.line.row["expected_station"])

    def lead(self) -> Order | None:
        """The order of whoever leads, if anybody does."""
        if self.case.lead_unit_id is None:
            return None
        leads = self.case.orders.filter(part=Order.Part.LEAD).order_by("-id")
        return leads.select_related("post__unit", "unit__level", "case").first()

    def look_again(self) -> None:
        """The case as it is now."""
        rows = Case.objects.select_related("conversation__account", "conversation__handle")
        self.case = rows.get(pk=self.case.pk)
