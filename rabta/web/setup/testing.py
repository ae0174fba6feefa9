"""The test button of an account: ask the provider who we are, with the token that is set."""

import asyncio

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rabta.audit.writing import record
from rabta.channels import accounts as register
from rabta.channels.contract import AccountFacts, Channel, Trouble, TroubleCode
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.force.access import Permission
from rabta.web.guard import over_force

PATIENCE = 15  # seconds for the provider's answer


@require_POST
@over_force(Permission.ADMINISTER)
def test(request: HttpRequest, public_id: str) -> HttpResponse:
    """Tell on the page of the accounts how the provider names this one, or why it does not answer."""
    account = get_object_or_404(Account.objects.select_related("credential"), public_id=public_id)
    channel = BY_KIND.get(account.channel)
    if channel is None or channel.check is None:
        messages.error(request, _("This channel has nothing to test. Write to it, and see it arrive."))
        return redirect("setup_accounts")
    try:
        name = asyncio.run(_ask(channel, register.facts(account)))
    except InvalidToken:
        messages.error(
            request, _("The secrets can't be opened: was accounts.key replaced? Enter them again.")
        )
    except Trouble as trouble:
        messages.error(request, _why(trouble))
    else:
        Account.objects.filter(pk=account.pk, worked_at=None).update(worked_at=timezone.now())
        messages.success(
            request, _("It works. The provider knows this account as %(name)s.") % {"name": name}
        )
    record(
        "account_tested", now=timezone.now(), officer_id=request.user.pk, subject="account", ids=[account.pk]
    )
    return redirect("setup_accounts")


async def _ask(channel: Channel, facts: AccountFacts) -> str:
    from rabta.outbox.relay import new_session

    assert channel.check is not None
    try:
        async with asyncio.timeout(PATIENCE), new_session() as session:
            return await channel.check(session, facts)
    except TimeoutError:
        raise Trouble(TroubleCode.UNREACHABLE, "no answer in time") from None


def _why(trouble: Trouble) -> str:
    words = {
        TroubleCode.CREDENTIALS: _("The provider refuses the token: enter a new one."),
        TroubleCode.UNREACHABLE: _("The provider can't be reached from this machine."),
        TroubleCode.BUSY: _("The provider is busy. Try again in a minute."),
        TroubleCode.REFUSED: _("The provider does not know this account: is its id right?"),
    }
    return f"{words.get(trouble.code, _('It does not work.'))} ({trouble.text or trouble.code})"
