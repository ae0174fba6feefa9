"""The bell: what an officer was told, and what he wants to be told on the telephone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from rabta.channels.ways import Way
from rabta.desk import notices
from rabta.desk.models import Wish
from rabta.force.access import Permission
from rabta.force.models import Officer
from rabta.web.guard import needs

SHOWN = 60
readers = needs(Permission.SEE_CASES, Permission.WORK_ORDERS)


class Wishes(forms.Form):
    """What comes by telephone, which way, and when not."""

    by_phone = forms.MultipleChoiceField(
        label=gettext_lazy("Tell me on the telephone as well"),
        choices=list(notices.KINDS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    way = forms.ChoiceField(label=gettext_lazy("By"), choices=Way.choices)
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), widget=forms.TimeInput(attrs={"type": "time"}), required=False
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("until"), widget=forms.TimeInput(attrs={"type": "time"}), required=False
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(given.get("quiet_from")) != bool(given.get("quiet_until")):
            raise forms.ValidationError(_("Give both ends of the quiet hours, or none."))
        return given


@require_GET
@readers
def bell(request: HttpRequest) -> HttpResponse:
    """The newest notices and the officer's wishes."""
    wish = notices.wish_of(request.scope.officer)
    facts = {name: getattr(wish, name) for name in Wishes.base_fields}
    return _page(request, Wishes(initial=facts))


@require_POST
@readers
def change(request: HttpRequest) -> HttpResponse:
    """Mark one or all as read, or keep the wishes."""
    officer, now = request.scope.officer, timezone.now()
    if "read" in request.POST:
        pk = request.POST["read"]
        notices.read(officer, now=now, pk=int(pk) if pk.isdecimal() and len(pk) < 18 else None)
        return redirect("notices")
    form = Wishes(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    _keep(officer, form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("notices")


def _keep(officer: Officer, values: dict[str, Any]) -> None:
    Wish.objects.update_or_create(officer=officer, defaults=values)


def _page(request: HttpRequest, form: Wishes, status: int = 200) -> HttpResponse:
    rows = notices.of_officer(request.scope.officer, visible=request.scope.visible("case__"))[:SHOWN]
    lines = [(notice, notices.KINDS.get(notice.what, notice.what)) for notice in rows]
    return render(request, "desk/notices.html", {"lines": lines, "form": form}, status=status)
