"""A case is opened at the desk: the citizen may see that the message was read."""

from datetime import datetime

from django.conf import settings

from rabta.cases.models import Case, Message
from rabta.channels.registry import BY_KIND
from rabta.force.access import Permission, Scope
from rabta.outbox import heard
from rabta.people.models import Safe
from rabta.replying.letters import safe_of


def opened(*, case: Case, by: Scope, now: datetime) -> bool:
    """Mark the newest message of the case as read at the provider, once. False when there is nothing to mark.

    Not where somebody said that it is not safe to write, and not where the force has switched it off.
    """
    if not settings.READ_MARKS or not BY_KIND[case.account.channel].marks_read:
        return False
    if not by.may(Permission.HANDLE_CASES, case) or safe_of(case) == Safe.NO:
        return False
    rows = Message.objects.filter(by.visible(), case=case, direction=Message.Direction.IN)
    last = rows.exclude(provider_digest=None).order_by("-id").first()
    if last is None or last.provider_digest is None:
        return False
    return heard.mark_read(
        account=case.account,
        handle=case.conversation.handle,
        digest=bytes(last.provider_digest),
        visible_to=case.visible_to,
        hidden_from=case.hidden_from,
        now=now,
    )
