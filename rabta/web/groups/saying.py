"""Saying something to a group: write, look at who would hear it and what that takes, then send."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rabta.cases.refusal import Refused
from rabta.groups import reach
from rabta.groups.models import Broadcast, Group
from rabta.journey.groups.broadcasts import quiet, saying
from rabta.web.groups import queries
from rabta.web.groups.registry import runners

LANGUAGES = {
    "ur": gettext_lazy("In Urdu"),
    "hi": gettext_lazy("In Hindi"),
    "ps": gettext_lazy("In Pashto"),
    "roman": gettext_lazy("In Roman letters"),
}


class SayForm(forms.Form):
    """The words, in one language for all and in others for those who read them; and who hears it."""

    text = forms.CharField(
        label=gettext_lazy("Message"),
        strip=True,
        max_length=saying.LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=gettext_lazy("At most 900 characters. The name of the unit stands before it by itself."),
    )
    below = forms.BooleanField(label=gettext_lazy("Also to all groups below"), required=False)
    officers_only = forms.BooleanField(
        label=gettext_lazy("Police only: no civilian hears it"), required=False
    )
    urgent = forms.BooleanField(
        label=gettext_lazy("Urgent: it does not wait till quiet hours end"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, label in LANGUAGES.items():
            self.fields[code] = forms.CharField(
                label=label,
                required=False,
                max_length=saying.LONGEST,
                widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
            )

    @property
    def others(self) -> list[forms.BoundField]:
        """The fields of the other languages."""
        return [self[code] for code in LANGUAGES]

    def words(self) -> dict[str, str]:
        """The words by language."""
        return {"": self.cleaned_data["text"]} | {code: self.cleaned_data[code] for code in LANGUAGES}


@require_http_methods(["GET", "HEAD", "POST"])
@runners
def say(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write; look; send. Nothing leaves before the second step."""
    row = queries.group_or_404(public_id, request.scope)
    form = SayForm(request.POST or None)
    facts: dict[str, Any] = {"group": row, "tab": "group", "form": form}
    if request.method == "POST" and form.is_valid():
        groups = _groups(row, request, below=form.cleaned_data["below"])
        try:
            saying.check(groups=groups, words=form.words(), by=request.scope)
            if request.POST.get("step") == "send":
                return _send(request, row, groups, form)
            facts["looked"] = saying.estimate(
                groups=groups,
                words=form.words(),
                officers_only=form.cleaned_data["officers_only"],
                now=timezone.now(),
            )
            facts["groups"], now = groups, timezone.now()
            due_at = quiet.until(groups, now=now)
            facts["due_at"] = due_at if due_at > now and not form.cleaned_data["urgent"] else None
        except Refused as refused:
            form.add_error(None, str(refused))
    return render(request, "groups/say.html", facts, status=400 if form.errors else 200)


def _groups(row: Group, request: HttpRequest, *, below: bool) -> list[Group]:
    if not below:
        return [row]
    rows = queries.run_by(request.scope).filter(path__contains=[row.pk], closed_at=None)
    return list(rows.order_by("path"))


def _send(request: HttpRequest, row: Group, groups: list[Group], form: SayForm) -> HttpResponse:
    with transaction.atomic():
        made = saying.announce(
            groups=groups,
            words=form.words(),
            urgent=form.cleaned_data["urgent"],
            officers_only=form.cleaned_data["officers_only"],
            by=request.scope,
            now=timezone.now(),
        )
    if made.due_at > made.asked_at:
        until = date_format(timezone.localtime(made.due_at), "SHORT_DATETIME_FORMAT")
        messages.success(request, _("Quiet hours: it goes out at %(time)s.") % {"time": until})
    else:
        messages.success(request, _("It goes out now. Below you see how far it came."))
    return redirect("broadcast", made.public_id)


@require_safe
@runners
def broadcast(request: HttpRequest, public_id: str) -> HttpResponse:
    """How far something came that was said to groups, unit by unit."""
    row = _or_404(public_id, request)
    units = row.reach.select_related("unit__level").defer("unit__area").order_by("unit__path")
    (shown,) = queries.with_sums([row])
    facts = {
        "broadcast": shown,
        "groups": row.groups.order_by("path")[: queries.SHOWN],
        "wordings": row.wordings.order_by("id"),
        "units": units[: queries.MOST_BELOW],
        "runs": saying.may_stop(row, by=request.scope),
        "waits": row.state == Broadcast.State.GATHERING and row.due_at > timezone.now(),
        "moves": row.state in ("gathering", "queueing") or timezone.now() - row.asked_at < reach.MOVES_FOR,
    }
    return render(request, "groups/broadcast.html", facts)


@require_POST
@runners
def stop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stop what has not left yet."""
    row = _or_404(public_id, request)
    try:
        with transaction.atomic():
            taken = saying.stop(broadcast=row, by=request.scope, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Stopped: %(count)d messages did not leave.") % {"count": taken})
    return redirect("broadcast", row.public_id)


def _or_404(public_id: str, request: HttpRequest) -> Broadcast:
    rows = saying.said_to(request.scope).select_related("unit", "officer", "post")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found
