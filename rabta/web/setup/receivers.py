"""Who receives what is said against each unit: the list, and one form to change it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rabta.audit.writing import record
from rabta.force import directory
from rabta.force.access import PERMISSIONS, Permission
from rabta.force.models import Officer, Post, Unit
from rabta.force.receivers import deciding, trouble
from rabta.force.second import is_only_administrator
from rabta.web import proposals
from rabta.web.accounts.step_up import step_up
from rabta.web.guard import over_force
from rabta.web.models import Proposal

DECIDING = [role for role, held in PERMISSIONS.items() if Permission.RELEASE in held]


class Choice(forms.Form):
    """A unit, and who receives what is said against it and those below it."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("What is said against"),
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        empty_label=gettext_lazy("Choose a unit"),
        help_text=gettext_lazy("It counts for the units below it too, until one of them says otherwise."),
    )
    receiver = forms.ModelChoiceField(
        label=gettext_lazy("is received by"),
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("The nearest desk above that is not accused"),
        help_text=gettext_lazy("Only units for which somebody decides on withheld cases are offered."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.defer("area").order_by("path")
        posts = Post.objects.filter(role__in=DECIDING).select_related("unit")
        self.decided_for = deciding((post.role, post.unit.path) for post in posts)
        self.fields["unit"].queryset = units
        self.fields["receiver"].queryset = units.filter(pk__in=self.decided_for)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        unit, receiver = given.get("unit"), given.get("receiver")
        if unit and receiver:
            wrong = trouble(unit=unit.path, receiver=receiver.path, decided_for=self.decided_for)
            if wrong:
                self.add_error("receiver", wrong)
        return given


@over_force(Permission.ADMINISTER)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def receivers(request: HttpRequest) -> HttpResponse:
    """The list and the form. A change that a second administrator confirms counts from the next accusation on."""
    form = Choice(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _save_or_ask(request, form.cleaned_data["unit"], form.cleaned_data["receiver"])
    facts = {"form": form, "lines": _lines()}
    return render(request, "setup/receivers.html", facts, status=400 if form.errors else 200)


def _save_or_ask(request: HttpRequest, unit: Unit, receiver: Unit | None) -> HttpResponse:
    """Save, or let it wait where there is a second administrator: whoever receives complaints could bury them."""
    by = request.scope.officer
    if unit.accusations_to_id == (receiver.pk if receiver else None):
        messages.info(request, _("Nothing changed: it was so already."))
    elif is_only_administrator():
        _save(unit, receiver, by=by)
        messages.success(request, _("Saved. It counts from the next complaint on."))
    else:
        proposals.ask(act="receiver", by=by, now=timezone.now(), lines=[_line(unit, receiver)])
        messages.warning(request, _("Nothing is saved yet: a second administrator has to confirm it."))
        return redirect("setup_waiting")
    return redirect("setup_receivers")


def _line(unit: Unit, receiver: Unit | None) -> dict[str, str]:
    was = unit.accusations_to
    codes = {"of": unit.code, "to": receiver.code if receiver else "", "was": was.code if was else ""}
    return {"what": "receiver", **codes}


def save_confirmed(proposal: Proposal, *, by: Officer) -> str:
    """Name the receiver that waited, if that is still the same change. Returns why not, otherwise."""
    (line,) = proposal.lines
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=[line["of"], line["to"]])}
    chosen = [units[code].public_id if code in units else "" for code in (line["of"], line["to"])]
    form = Choice(dict(zip(("unit", "receiver"), chosen, strict=True)))
    if form.is_valid():
        unit, receiver = form.cleaned_data["unit"], form.cleaned_data["receiver"]
        if _line(unit, receiver) == line:
            _save(unit, receiver, by=by)
            return ""
    return _("The force has changed since. Refuse this, and let it be asked for again.")


def _save(unit: Unit, receiver: Unit | None, *, by: Officer) -> None:
    unit.accusations_to = receiver
    unit.save(update_fields=["accusations_to"])
    directory.forget()
    record(
        "receiver_changed",
        now=timezone.now(),
        officer_id=by.pk,
        subject="unit",
        ids=[unit.pk],
        detail={"receiver": receiver.pk if receiver else None},
    )


def _lines() -> list[tuple[Unit, bool]]:
    """Units for which somebody is named, and whether anybody holds a deciding post there today."""
    found = Unit.objects.exclude(accusations_to=None).select_related("accusations_to").defer("area")
    force = directory.current(now=timezone.now())
    held = (post for post in force.posts.values() if force.holders(post.pk))
    decided = deciding((post.role, force.path(post.unit_id)) for post in held)
    return [(unit, unit.accusations_to_id in decided) for unit in found.order_by("path")]
