"""Accounts from which commanders order by public posts: whose each is, and one form to add another."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import RegexValidator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rabta.audit.writing import record
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.force import directory
from rabta.force.access import Permission
from rabta.force.models import Officer, OwnAccount, Post
from rabta.force.second import is_only_administrator
from rabta.journey.orders.commanding import COMMANDS
from rabta.web import proposals
from rabta.web.accounts.step_up import step_up
from rabta.web.guard import over_force
from rabta.web.models import Proposal

administrators = over_force(Permission.ADMINISTER)
# Channels whose posts everybody reads, by the scheme of the people who write there.
PUBLIC = tuple((scheme, BY_KIND[scheme].label) for scheme in ("x",) if scheme in BY_KIND)


class OwnAccountForm(forms.Form):
    """An account, and the officer or post whose word it is."""

    scheme = forms.ChoiceField(label=gettext_lazy("Where"), choices=PUBLIC)
    name = forms.CharField(
        label=gettext_lazy("Its @name"),
        max_length=50,
        validators=[RegexValidator(r"^@?\w{1,49}$", gettext_lazy("A name such as @SPPeshawar."))],
        help_text=gettext_lazy("Shown only. Names change hands, numbers do not."),
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false"}),
    )
    handle = forms.CharField(
        label=gettext_lazy("Its number at the provider"),
        max_length=20,
        validators=[RegexValidator(r"^[0-9]{1,20}$", gettext_lazy("Digits only."))],
        help_text=gettext_lazy("X: the user ID, as the developer pages show it for a name."),
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "numeric"}),
    )
    officer = forms.CharField(
        label=gettext_lazy("An officer’s own account: user name"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false"}),
    )
    post = forms.CharField(
        label=gettext_lazy("Or of whoever holds a post: its code"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false"}),
    )

    def clean_officer(self) -> Officer | None:
        username = self.cleaned_data["officer"].strip()
        found = Officer.objects.filter(username=username, is_active=True).first() if username else None
        if username and found is None:
            raise forms.ValidationError(_("There is no officer with this user name."))
        return found

    def clean_post(self) -> Post | None:
        code = self.cleaned_data["post"].strip()
        found = Post.objects.filter(code=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(_("There is no post with this code."))
        return found

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        officer, post = given.get("officer"), given.get("post")
        if not self.errors and bool(officer) == bool(post):
            self.add_error("officer", _("Say either whose account it is, or which post’s."))
        elif not self.errors and not _commands(officer, post):
            self.add_error("post" if post else "officer", _("Nobody is commanded from there today."))
        scheme, handle = given.get("scheme", ""), given.get("handle", "")
        if Account.objects.filter(channel=scheme, external_id=handle).exists():
            self.add_error(
                "handle", _("This is an account of the force. Name the post that holds it instead.")
            )
        elif OwnAccount.objects.filter(scheme=scheme, handle=handle, ended_at=None).exists():
            self.add_error("handle", _("This account is registered already."))
        return given


def _commands(officer: Officer | None, post: Post | None) -> bool:
    force = directory.current(now=timezone.now())
    posts = [post] if post else force.posts_of(officer.pk) if officer else []
    return any(one.role in COMMANDS for one in posts)


@administrators
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def commanders(request: HttpRequest) -> HttpResponse:
    """The list and the form. What is added, and confirmed by a second administrator, orders from its next post on."""
    form = OwnAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not is_only_administrator():
            _ask(form.cleaned_data, by=request.scope.officer)
            messages.warning(request, _("Nothing is saved yet: a second administrator has to confirm it."))
            return redirect("setup_waiting")
        try:
            with transaction.atomic():
                made = _add(form.cleaned_data, by=request.scope.officer)
        except IntegrityError:
            form.add_error("handle", _("This account is registered already."))
        else:
            messages.success(
                request, _("Saved: what %(name)s posts about a matter is an order.") % {"name": made}
            )
            return redirect("setup_commanders")
    rows = OwnAccount.objects.filter(ended_at=None).select_related("officer", "post").order_by("name")
    facts = {"form": form, "accounts": [(row, dict(PUBLIC).get(row.scheme, row.scheme)) for row in rows]}
    return render(request, "setup/commanders.html", facts, status=400 if form.errors else 200)


def _ask(given: dict[str, Any], *, by: Officer) -> None:
    """Let it wait: whoever says whose word an account is could give orders in that name."""
    officer, post = given["officer"], given["post"]
    line = {
        "what": "commander",
        "of": "@" + given["name"].lstrip("@"),
        "scheme": given["scheme"],
        "handle": given["handle"],
        "officer": officer.username if officer else "",
        "post": post.code if post else "",
    }
    proposals.ask(act="commander", by=by, now=timezone.now(), about=_touched(given), lines=[line])


def _touched(given: dict[str, Any]) -> list[int]:
    """The officers in whose name orders would be given."""
    if given["officer"]:
        return [given["officer"].pk]
    held = directory.current(now=timezone.now()).holders(given["post"].pk)
    return sorted(holder.officer_id for holder in held)


def save_confirmed(proposal: Proposal, *, by: Officer) -> str:
    """Register the account that waited, if it still could be. Returns why not, otherwise."""
    (line,) = proposal.lines
    form = OwnAccountForm(line | {"name": line["of"]})
    if not form.is_valid() or _touched(form.cleaned_data) != proposal.about:
        return _("The force has changed since. Refuse this, and let it be asked for again.")
    _add(form.cleaned_data, by=by)
    return ""


def _add(given: dict[str, Any], *, by: Officer) -> OwnAccount:
    made = OwnAccount.objects.create(
        scheme=given["scheme"],
        handle=given["handle"],
        name="@" + given["name"].lstrip("@"),
        officer=given["officer"],
        post=given["post"],
        added_by=by,
        added_at=timezone.now(),
    )
    _record("commander_added", made, by=by)
    return made


@require_POST
@administrators
@step_up
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    """From now on what is posted there orders nobody; one administrator is enough. Earlier orders point to the row."""
    row = get_object_or_404(OwnAccount, public_id=public_id)
    if OwnAccount.objects.filter(pk=row.pk, ended_at=None).update(ended_at=timezone.now()):
        _record("commander_ended", row, by=request.scope.officer)
    messages.success(request, _("What %(name)s posts orders nobody any more.") % {"name": row})
    return redirect("setup_commanders")


def _record(act: str, row: OwnAccount, *, by: Officer) -> None:
    detail = {"officer": row.officer_id, "post": row.post_id, "scheme": row.scheme}
    record(act, now=timezone.now(), officer_id=by.pk, subject="own_account", ids=[row.pk], detail=detail)
