"""After an upheld appeal another leads than before: whoever led is not suggested, and is ordered only with a reason."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from rabta.cases.models import Appeal, Case, Order
from rabta.cases.refusal import Refused
from rabta.force.directory import Addressee, Directory
from rabta.routing.route import Route
from rabta.tasking.orders import Part


def led_before(case: Case) -> frozenset[int]:
    """Ids of the posts that led the case when an appeal was upheld and were not ordered again since; mostly none."""
    if case.appeal_state != Appeal.UPHELD:
        return frozenset()
    upheld_at = case.events.filter(what="appeal_upheld").order_by("-id").values_list("at", flat=True).first()
    leads = case.orders.filter(part=Order.Part.LEAD, goal=None).values_list("post", "issued_at")
    since = {post for post, at in leads if upheld_at is None or at >= upheld_at}
    return frozenset({post for post, _at in leads} - since)


def another(case: Case, decided: Route, *, directory: Directory) -> Route | None:
    """What is suggested: as the rule says, with the next above in the place of who led before; None without any."""
    led = led_before(case)
    before = decided.lead
    if before is None or before.post.pk not in led:
        return decided
    lead = _above(before, led, directory=directory)
    if lead is None:
        return None
    inform, support = (
        None if to and to.post.pk == lead.post.pk else to for to in (decided.inform, decided.support)
    )
    unit = lead.post.unit_id
    why = {
        "code": "above_former_lead",
        "post": before.post.name,
        "unit": directory.units[unit].name,
    }
    return replace(decided, lead=lead, lead_unit=unit, why=why, inform=inform, support=support)


def check(case: Case, parts: Sequence[Part], *, reason: str) -> None:
    """Raise Refused for a lead who led before the appeal, unless it is said why."""
    leads = [part.to.post for part in parts if part.part == Order.Part.LEAD]
    led = led_before(case) if leads and not reason.strip() else frozenset()
    for post in leads:
        if post.pk in led:
            raise Refused(
                _(
                    "%(post)s led this case before the appeal was upheld. Order another post, or write why it is to"
                    " be the same again."
                )
                % {"post": post}
            )


def _above(before: Addressee, led: frozenset[int], *, directory: Directory) -> Addressee | None:
    """Who takes an order for the nearest unit above, and has not led the case."""
    higher = (directory.addressee(unit) for unit in reversed(directory.path(before.post.unit_id)[:-1]))
    return next((one for one in higher if one and one.post.pk not in led), None)
