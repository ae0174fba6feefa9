"""The force's accounts: connect one, see where its provider must send to, change its secrets, pause it."""

import re
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rabta.audit.writing import record
from rabta.channels import accounts as register
from rabta.channels import force, met
from rabta.channels.contract import Channel
from rabta.channels.models import Account, Credential
from rabta.channels.registry import BY_KIND, CHANNELS
from rabta.force.access import Permission
from rabta.journey.posts import accounts as story
from rabta.journey.posts import holdings
from rabta.kit.ids import public_id
from rabta.web.accounts.step_up import step_up
from rabta.web.guard import over_force
from rabta.web.setup import holders
from rabta.web.setup.account_forms import Keeping, NewAccount, Secrets

administrators = over_force(Permission.ADMINISTER)
BY_ITSELF = (met.CHANNEL.kind, force.CHANNEL.kind)  # their accounts are made when they are first wanted
TYPED = re.compile(r"""([A-Za-z0-9/@"'][ -~‹›]{10,}[A-Za-z0-9/"'›]|[/@][A-Za-z]{3,})""")
LATIN = '<bdi dir="ltr">{}</bdi>'


@require_GET
@administrators
def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts with the addresses of their hooks, and the channels that can be connected."""
    rows = Account.objects.select_related("credential", "unit", "holder").order_by("channel", "name")
    shown = [_shown(row, BY_KIND[row.channel]) for row in rows if row.channel in BY_KIND]
    connectable = [channel for channel in CHANNELS if channel.kind not in BY_ITSELF]
    return render(request, "setup/accounts.html", {"accounts": shown, "channels": connectable})


def _shown(account: Account, channel: Channel) -> dict[str, Any]:
    hook = register.hook_of(account, channel)
    return {
        "account": account,
        "channel": channel,
        "hook": hook,
        "steps": _steps(channel, hook=hook),
        "tests": channel.check is not None,
    }


def _steps(channel: Channel, *, hook: str) -> list[SafeString]:
    """What is to be done at the provider, with our address where there is one already.

    What is typed as it stands there (a command, an address) keeps its order between words that run the other way.
    """
    address = hook or _("(the address that stands here once the account is connected)")
    return [_in_order(str(step).replace("{hook}", address)) for step in channel.steps]


def _in_order(words: str) -> SafeString:
    """Escaped; long stretches of Latin letters and signs do not turn round."""
    parts = ((LATIN if n % 2 else "{}", part) for n, part in enumerate(TYPED.split(words)))
    return format_html_join("", "{}", ((format_html(form, part),) for form, part in parts))


@administrators
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, channel: str) -> HttpResponse:
    """Connect an account. What the channel needs is said by the channel itself."""
    kind = BY_KIND.get(channel)
    if kind is None or channel in BY_ITSELF:  # made by itself when it is first wanted
        raise Http404
    start = {"name": _("Click and Post")} if not (kind.fields or kind.by_file) else None
    form = NewAccount(request.POST or None, channel=kind, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = _make(kind, form)
        except register.AccountError as error:
            form.add_error(None, str(error))
        else:
            _record(request, "account_added", made.pk)
            messages.success(request, _("Connected: %(name)s.") % {"name": made.name})
            return redirect("setup_accounts")
    facts = {"form": form, "channel": kind, "steps": _steps(kind, hook="")}
    return render(request, "setup/account.html", facts, status=400 if form.errors else 200)


@transaction.atomic
def _make(channel: Channel, form: NewAccount) -> Account:
    given, own = form.cleaned_data, not channel.fields
    known = Credential.objects.filter(channel=channel.kind)
    if given.get("app"):
        credential = known.get(pk=given["app"])
    elif own and known:
        credential = known[0]
    else:
        credential = register.create_credential(
            channel=channel.kind, name=given["name"], values=form.values()
        )
    external_id, address = ("click-and-post", "/") if own else (given["external_id"], given["address"])
    if channel.by_file:  # each account is a group, with an id of our own
        external_id, address = public_id(), reverse("groups_import")
    made = register.create_account(
        credential=credential,
        name=given["name"],
        external_id=external_id.strip(),
        unit=given["unit"],
        address=address.strip(),
    )
    if channel.by_file:
        made.quiet_hours = 0  # nobody is called because nobody brought anything
    if own:  # there is no provider with whom it might not work
        made.worked_at = timezone.now()
    made.save(update_fields=["quiet_hours", "worked_at"])
    return made


@administrators
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """New secrets of an app, for example a fresh token. What stays empty stays as it is.

    Where its letters go is changed until the first message came or left.
    """
    credential = get_object_or_404(Credential.objects.filter(channel__in=BY_KIND), pk=pk)
    channel = BY_KIND[credential.channel]
    fresh = not story.carried(credential.accounts.all())
    form = Secrets(request.POST or None, credential=credential, channel=channel, fixed=fresh)
    if request.method == "POST" and form.is_valid():
        credential.sealed_values = register.seal(form.all_values())
        credential.renewed_at = timezone.now()
        credential.save(update_fields=["sealed_values", "renewed_at"])
        if any(field.fixed and field.name in form.values() for field in channel.fields):
            credential.accounts.update(worked_at=None)  # it goes elsewhere now
        _record(request, "secrets_changed", credential.pk)
        messages.success(request, _("Saved."))
        return redirect("setup_accounts")
    facts = {"form": form, "channel": channel, "credential": credential}
    return render(request, "setup/account.html", facts, status=400 if form.errors else 200)


@administrators
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who holds an account, and when its silence alarms. A holder who commands waits for a second administrator."""
    kept = get_object_or_404(Account.objects.select_related("unit"), public_id=public_id)
    was = kept.holder
    form = Keeping(request.POST or None, instance=kept)
    if request.method == "POST" and form.is_valid():
        waits = form.cleaned_data["holder"] if holders.must_wait(was, form.cleaned_data["holder"]) else None
        kept.holder = was if waits else kept.holder
        form.save()
        _record(request, "account_changed", kept.pk)
        if waits:
            holders.ask(kept, waits, by=request.scope.officer)
            words = _("Who holds it is not saved yet: a second administrator has to confirm it.")
            messages.warning(request, words)
            return redirect("setup_waiting")
        messages.success(request, _("Saved."))
        return redirect("setup_accounts")
    channel, held = BY_KIND.get(kept.channel), holdings.history(kept)
    facts = {
        "form": form, "account": kept, "channel": channel, "history": held,
        "removable": kept.channel not in BY_ITSELF and not story.carried([kept]),
    }  # fmt: skip
    return render(request, "setup/account.html", facts, status=400 if form.errors else 200)


@require_POST
@administrators
@step_up
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take an account that never carried a message out of the register, for example one that was mistyped."""
    account = get_object_or_404(Account, public_id=public_id)
    if account.channel in BY_ITSELF or story.carried([account]) or not register.remove(account):
        messages.error(
            request, _("It carried messages, or something hangs on it: it stays. You can pause it.")
        )
        return redirect("setup_account", public_id=public_id)
    _record(request, "account_removed", account.pk)
    messages.success(request, _("Removed: %(name)s.") % {"name": account})
    return redirect("setup_accounts")


@require_POST
@administrators
def pause(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take an account out of use, or back into it, as the form says. What comes in meanwhile is kept all the same."""
    account, wanted = get_object_or_404(Account, public_id=public_id), request.POST.get("paused")
    if wanted not in ("yes", "no"):
        return HttpResponseBadRequest()
    paused = wanted == "yes"
    if Account.objects.filter(pk=account.pk, paused=not paused).update(paused=paused):
        _record(request, "account_paused" if paused else "account_resumed", account.pk)
    said = _("Paused: %(name)s.") if paused else _("In use: %(name)s.")
    messages.success(request, said % {"name": account})
    return redirect("channels" if request.POST.get("next") == reverse("channels") else "setup_accounts")


def _record(request: HttpRequest, act: str, pk: int) -> None:
    record(act, now=timezone.now(), officer_id=request.user.pk, subject="account", ids=[pk])
