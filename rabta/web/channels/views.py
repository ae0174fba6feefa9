"""How the force's accounts do: last in, last out, what waits, what is wrong, and a switch to pause one."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from rabta.channels.models import Account, Holding
from rabta.channels.registry import BY_KIND
from rabta.force.access import Permission, Scope, current_postings
from rabta.journey.posts import accounts as story
from rabta.outbox.health import MOST
from rabta.rules.accounts import Finding
from rabta.web.channels.costs import Line, this_month
from rabta.web.channels.watchers import watchers
from rabta.web.channels.words import WORDS


@require_GET
@watchers
def channels(request: HttpRequest) -> HttpResponse:
    """The page: what needs somebody first, then by channel and name."""
    now = timezone.now()
    accounts = Account.objects.select_related("unit", "holder").order_by("channel", "name")
    found = sorted(story.health(accounts, now=now), key=lambda one: (one.alarm is None, not one.findings))
    officers, not_taken = _holders(found), _not_taken()
    cost = this_month((one.account for one in found), today=timezone.localdate())
    shown = [_shown(one, officers, cost.get(one.account.pk)) for one in found]
    for each in shown:
        each["not_taken"] = not_taken.get(each["one"].account.pk)
    facts = {
        "accounts": shown,
        "alarms": sum(1 for one in found if one.alarm),
        "left": sum(1 for one in found if Finding.LEFT in one.findings),
        "doubtful": sum(1 for one in found if one.findings),
        "most": MOST,
        "publishes": request.scope.has(Permission.PUBLISH),
    }
    return render(request, "channels/channels.html", facts)


def alarms_for(scope: Scope) -> list[dict[str, Any]]:
    """The alarms that stand, in words, for those who see the page; nothing for others."""
    if not scope.over_all(Permission.SEE_INTAKE):
        return []
    return [{"account": one.account, "words": WORDS[Finding(one.alarm)]} for one in story.alarms()]


def _holders(found: Iterable[story.Health]) -> dict[int, list[str]]:
    """The officers who hold each account's post today."""
    posts = {one.account.holder_id for one in found}
    holding: dict[int, list[str]] = {}
    for posting in current_postings(on=timezone.localdate()).filter(post__in=posts).select_related("officer"):
        holding.setdefault(posting.post_id, []).append(str(posting.officer))
    return holding


def _not_taken() -> dict[int, Holding]:
    """The accounts whose holder of today has not taken them over yet."""
    rows = Holding.objects.filter(until=None, taken_at=None).select_related("officer")
    return {row.account_id: row for row in rows}


def _shown(one: story.Health, officers: dict[int, list[str]], cost: Line | None) -> dict[str, Any]:
    return {
        "one": one,
        "channel": BY_KIND[one.account.channel],
        "sends": BY_KIND[one.account.channel].send is not None,
        "officers": officers.get(one.account.holder_id or 0, []),
        "cost": cost,
        "words": [WORDS[finding] for finding in one.findings],
    }
