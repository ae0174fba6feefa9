"""An exported chat is brought in: choose the group and the file, look at what was understood, then bring it in.

The first step changes nothing. Which number of a date is the month is asked where it is not certain.
"""

from datetime import timedelta
from itertools import islice
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rabta.audit.writing import record
from rabta.channels.export import CHANNEL
from rabta.channels.export.chat import Ambiguous
from rabta.channels.export.dates import Order
from rabta.channels.models import Account
from rabta.files.archives import ArchiveRefused
from rabta.force.access import Permission, Scope
from rabta.intake import exports
from rabta.intake.export_report import Report, report
from rabta.web import kept as keeping
from rabta.web.guard import needs
from rabta.web.kept import Gone, Kept

BRINGERS = (Permission.HANDLE_CASES, Permission.WORK_ORDERS)
GONE = gettext_lazy(
    "The file is not here any more: it was brought in already, or waited too long. Choose it again."
)


class ChatForm(forms.Form):
    """Which group, how much of it is of today, and in which order the dates stand."""

    group = forms.ModelChoiceField(
        label=gettext_lazy("Group"),
        queryset=Account.objects.none(),
        empty_label=None,
        to_field_name="public_id",
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Open cases for reports of"),
        coerce=int,
        initial=7,
        choices=[
            (1, gettext_lazy("the last day")),
            (3, gettext_lazy("the last 3 days")),
            (7, gettext_lazy("the last 7 days")),
            (30, gettext_lazy("the last 30 days")),
        ],
        help_text=gettext_lazy(
            "Older messages are kept to be looked up. Accusations against police always go to the desk."
        ),
    )
    order = forms.ChoiceField(required=False, choices=[(order.value, order.value) for order in Order])

    def __init__(self, *args: Any, groups: QuerySet[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]


class NewFile(ChatForm):
    """With the file, in the first step."""

    file = forms.FileField(
        label=gettext_lazy("File of the chat"),
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.zip,text/plain,application/zip"}),
        help_text=gettext_lazy(
            "In WhatsApp: open the group, menu, More, Export chat. A text or a zip with media."
        ),
    )


def groups_of(scope: Scope) -> QuerySet[Account]:
    """The groups of the units that this officer works for."""
    units = {unit for permission in BRINGERS for unit in scope.units_with(permission)}
    reached = Q(pk=None)
    for unit in units:
        reached |= Q(unit__path__contains=[unit])
    return Account.objects.filter(reached, channel=CHANNEL.kind, paused=False).order_by("name")


@needs(*BRINGERS)
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Choose, look, bring in. What is wrong with the file is said on the page, and nothing has changed."""
    groups = groups_of(request.scope)
    if request.method != "POST":
        return _begin(request, groups)
    later = "kept" in request.POST
    form = (
        ChatForm(request.POST, groups=groups)
        if later
        else NewFile(request.POST, request.FILES, groups=groups)
    )
    if not form.is_valid():
        return _page(request, form if not later else NewFile(groups=groups), status=400)
    try:
        kept = _kept(request, form, later=later)
        return _look(request, form, kept, now_bring="bring" in request.POST)
    except (exports.ExportRefused, ArchiveRefused) as refused:
        why = str(refused)
    except Gone:
        why = str(GONE)
    again = NewFile(groups=groups, initial={"group": form.cleaned_data["group"].public_id})
    return _page(request, again, why=why, status=400)


def _begin(request: HttpRequest, groups: QuerySet[Account]) -> HttpResponse:
    """The empty form; with a chat that the phone shared, only the group is left to choose."""
    if not (word := request.GET.get("chat")):
        return _page(request, NewFile(groups=groups))
    try:
        kept = keeping.of(word, officer_id=request.scope.officer.pk)
    except Gone:
        return _page(request, NewFile(groups=groups), why=str(GONE), status=410)
    return _page(request, ChatForm(groups=groups), kept=kept)


def _kept(request: HttpRequest, form: ChatForm, *, later: bool) -> Kept:
    officer_id = request.scope.officer.pk
    if later:
        return keeping.of(request.POST["kept"], officer_id=officer_id)
    return keeping.keep(form.cleaned_data["file"], officer_id=officer_id)


def _look(request: HttpRequest, form: ChatForm, kept: Kept, *, now_bring: bool) -> HttpResponse:
    given, now = form.cleaned_data, timezone.now()
    order = Order(given["order"]) if given["order"] else None
    facts: dict[str, Any] = {"form": form, "kept": kept, "group": given["group"], "days": given["days"]}
    with keeping.opened(kept) as file:
        try:
            with exports.opened(file, now=now, order=order) as export:
                if now_bring:
                    told = _bring(request, given["group"], export, days=given["days"])
                    keeping.drop(kept)
                    return _shown(request, "groups/brought.html", facts | {"report": told})
                said = (one for one in export.chat.entries if one.sender and (one.text or one.file))
                first = list(islice(said, 3))
                facts |= {"report": report(export), "first": first, "order": export.chat.order.value}
        except Ambiguous as asked:
            facts |= {"asked": asked, "readings": _readings(asked)}
    return _shown(request, "groups/look.html", facts)


def _readings(asked: Ambiguous) -> list[tuple[str, str]]:
    return [(order.value, date_format(day, "j F Y")) for order, day in asked.readings.items()]


def _bring(request: HttpRequest, group: Account, export: exports.Export, *, days: int) -> Report:
    """Files first, then everything else at once."""
    now = timezone.now()
    files = exports.take_files(export)
    with transaction.atomic():
        since = now - timedelta(days=days)
        done = exports.hand_in(account=group, export=export, files=files, since=since, now=now)
        detail = {"items": done.items, "known": done.known, "files": done.files}
        record(
            "chat_imported",
            now=now,
            officer_id=request.user.pk,
            subject="account",
            ids=[group.pk],
            detail=detail,
        )
    return report(export, files, done)


def _page(
    request: HttpRequest, form: ChatForm, *, why: str = "", kept: Kept | None = None, status: int = 200
) -> HttpResponse:
    any_group = form.fields["group"].queryset.exists()  # type: ignore[attr-defined]
    facts = {"form": form, "why": why, "any": any_group, "kept": kept}
    return _shown(request, "groups/import.html", facts, status=status)


def _shown(request: HttpRequest, template: str, facts: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return render(request, template, facts | {"title": _("Bring in a group’s chat")}, status=status)
