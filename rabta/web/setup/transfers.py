"""An officer takes another post, leaves, or stands in for somebody: one form instead of a table of postings.

What it means is shown first: which postings end and begin, which posts nobody holds then, and who gets their orders.
"""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from rabta.channels.models import Account
from rabta.force import directory, register, transfers
from rabta.force.access import Permission
from rabta.force.models import Handover, Officer, Post, Posting
from rabta.force.transfers import Transfer
from rabta.web.accounts.step_up import step_up
from rabta.web.guard import over_force
from rabta.web.setup import tables

LEAVES = "leaves"
KINDS = [
    (Posting.Kind.REGULAR, gettext_lazy("Transfer: leaves the present post and takes another")),
    (Posting.Kind.ADDITIONAL, gettext_lazy("Additional charge: beside the present post")),
    (Posting.Kind.OFFICIATING, gettext_lazy("Officiating, until somebody is posted")),
    (Posting.Kind.LEAVE_COVER, gettext_lazy("Leave cover, until a day")),
    (LEAVES, gettext_lazy("Leaves: retires, is suspended, goes to another force")),
]
LATEST = 20


class TransferForm(forms.Form):
    """The order of transfer as it is written."""

    officer = forms.CharField(
        label=gettext_lazy("Officer"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "officers", "autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
        help_text=gettext_lazy("The user name; write a part of the name to choose."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=gettext_lazy("What happens"), choices=KINDS, widget=forms.RadioSelect, initial=Posting.Kind.REGULAR
    )  # fmt: skip
    post = forms.CharField(
        label=pgettext_lazy("an office that somebody holds", "Post"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "posts", "autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
    )  # fmt: skip
    starts = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}), initial=timezone.localdate
    )
    until = forms.DateField(
        label=gettext_lazy("Last day (leave cover)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    order_number = forms.CharField(label=gettext_lazy("Number of the order"), required=False, max_length=60)

    def clean_officer(self) -> Officer:
        found = Officer.objects.filter(username=self.cleaned_data["officer"].strip().lower()).first()
        if found is None:
            raise forms.ValidationError(_("There is no officer with this user name."))
        return found

    def clean_post(self) -> Post | None:
        code = self.cleaned_data["post"].strip()
        found = Post.objects.filter(code=code).select_related("unit").first() if code else None
        if code and found is None:
            raise forms.ValidationError(_("There is no post with this code."))
        return found

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return given
        kind, post, starts, until = (given[name] for name in ("kind", "post", "starts", "until"))
        if kind == LEAVES:
            given["post"] = None
        elif post is None:
            self.add_error("post", _("Say which post."))
        elif current(given["officer"], post, starts):
            self.add_error("post", _("The officer holds this post on that day already."))
        if kind == Posting.Kind.LEAVE_COVER and until is None:
            self.add_error("until", _("Leave cover says until when."))
        elif kind != Posting.Kind.LEAVE_COVER:
            given["until"] = None
        elif until < starts:
            self.add_error("until", _("The last day comes before the first."))
        return given

    def transfer(self) -> Transfer:
        """What the form says, with the postings that it ends. Only of a valid form."""
        given = self.cleaned_data
        held = transfers.held(given["officer"], on=given["starts"])
        if given["kind"] == Posting.Kind.REGULAR:
            ends = [posting for posting in held if posting.kind == Posting.Kind.REGULAR]
        else:
            ends = held if given["kind"] == LEAVES else []
        return Transfer(
            officer=given["officer"],
            post=given["post"],
            kind=given["kind"],
            starts=given["starts"],
            until=given["until"],
            order_number=given["order_number"].strip(),
            ends=tuple(ends),
        )


def current(officer: Officer, post: Post, on: date) -> bool:
    """Whether the officer holds the post on that day."""
    return any(posting.post_id == post.pk for posting in transfers.held(officer, on=on))


@over_force(Permission.ADMINISTER)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HttpRequest) -> HttpResponse:
    """The form; then what it means; then it is saved, or waits for a second administrator."""
    form = TransferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _look_or_save(request, form)
    facts = {
        "form": form,
        "officers": Officer.objects.filter(is_active=True).order_by("name"),
        "posts": Post.objects.select_related("unit").defer("unit__area").order_by("code"),
        "handovers": Handover.objects.select_related("post", "given_by", "taken_by").order_by("-pk")[:LATEST],
    }
    return render(request, "setup/transfers.html", facts, status=400 if form.errors else 200)


def _look_or_save(request: HttpRequest, form: TransferForm) -> HttpResponse:
    planned = form.transfer()
    files = {"postings": transfers.table(planned)}
    found = register.check(files, today=timezone.localdate(), may_move=not Account.objects.exists())
    if found.good and "save" in request.POST:
        return tables.save_or_ask(request, files, found.draft)
    force = directory.current(now=timezone.now())
    facts = {
        "form": form,
        "planned": planned,
        "problems": found.problems,
        "vacancies": transfers.vacancies(planned.ends, starts=planned.starts, force=force),
    }
    return render(request, "setup/transfer.html", facts, status=200 if found.good else 400)
