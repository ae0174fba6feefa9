"""Share to Rabta: text and pictures from any app of the telephone, confirmed by the officer with one more tap (K7).

The system posts what is shared without any token of ours, so that request creates nothing: it puts it on the shelf and
leads to a page, on which the officer says what it is. From there it takes the way of *Somebody told me*.
"""

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from rabta.cases.models import State
from rabta.channels.webform import SHARED
from rabta.files import uploads
from rabta.files.checks import UploadRefused
from rabta.force.access import Permission, Scope
from rabta.intake import forms as intake_forms
from rabta.intake.forms import Entry
from rabta.kit import phones
from rabta.triage import tables
from rabta.triage.tables import category_label
from rabta.web.citizen import patience
from rabta.web.citizen.forms import KINDS, LONGEST_TEXT, MOST_FILES
from rabta.web.guard import needs
from rabta.web.officer import met, queries, shared_chat, shelf
from rabta.web.officer.shelf import Share
from rabta.web.once import first_time

PARTS = ("title", "text", "url")
MOST_TASKS = 20
TOO_MANY = gettext_lazy("Very much was shared from your connection. Wait ten minutes, then share it again.")


def target() -> dict[str, Any]:
    """What tells the telephone that this app takes what is shared (the manifest's `share_target`)."""
    accept = [
        "image/*",
        "audio/*",
        "video/*",
        "application/pdf",
        "text/plain",
        "application/zip",
        ".txt",
        ".zip",
    ]
    return {
        "action": reverse("officer_share"),
        "method": "POST",
        "enctype": "multipart/form-data",
        "params": {**{part: part for part in PARTS}, "files": [{"name": "files", "accept": accept}]},
    }


@csrf_exempt
@require_POST
def share(request: HttpRequest) -> HttpResponse:
    """Keep what the telephone shares, for a while, and lead to the page that asks what it is. Nothing is created.

    Another site can't share through a browser: such a request says where it comes from.
    """
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return _said(request, _("This did not come from your phone’s own share menu."), status=403)
    officer_id = request.scope.officer.pk if request.scope else shelf.NOBODY
    if officer_id == shelf.NOBODY and patience.crowded(request):
        return _said(request, str(TOO_MANY), status=429)
    given = request.FILES.getlist("files")
    if chat := next((file for file in given if shared_chat.is_chat(file)), None):
        return shared_chat.take(request, chat, others=len(given) - 1)
    text = _text(request)
    files, refused = _files(given)
    if not text and not files:
        why = " ".join(refused) or _("There was no text and no picture in it.")
        return _said(request, why, status=400)
    if officer_id == shelf.NOBODY:
        patience.count_sent(request)
    kept = shelf.put(text=text, files=files, refused=refused)
    response = redirect("officer_shared")
    response.status_code = 303
    shelf.remember(request, response, kept.id, officer_id=officer_id)
    return response


def _text(request: HttpRequest) -> str:
    """Title, text and address, each once: apps put the address into either."""
    parts: list[str] = []
    for name in PARTS:
        part = request.POST.get(name, "").strip()
        if part and not any(part in earlier for earlier in parts):
            parts.append(part)
    return "\n".join(parts)[:LONGEST_TEXT]


def _files(given: list[UploadedFile]) -> tuple[list[uploads.Taken], list[str]]:
    """What can be taken of the files, and what can't in words."""
    taken: list[uploads.Taken] = []
    refused: list[str] = []
    for upload in given[:MOST_FILES]:
        try:
            taken += uploads.take([upload], kinds=KINDS)
        except UploadRefused as why:
            refused.append(f"{(upload.name or '')[:60]}: {why}")
    if len(given) > MOST_FILES:
        refused.append(_("At most %(number)s files at once.") % {"number": MOST_FILES})
    return taken, refused


class ShareForm(forms.Form):
    """What it is, in one tap; everything else may stay empty."""

    share = forms.CharField(max_length=16, widget=forms.HiddenInput)
    met = forms.ChoiceField(choices=[(way, way) for way in SHARED])
    joins = forms.ChoiceField(label=gettext_lazy("Belongs to"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("What is it about?"), required=False)
    place = forms.CharField(
        label=gettext_lazy("Where?"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone number of the citizen"),
        required=False,
        max_length=30,
        widget=forms.TextInput(
            attrs={"dir": "ltr", "type": "tel", "inputmode": "tel", "autocomplete": "off"}
        ),
        help_text=gettext_lazy("If you know it: the desk asks there."),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        known = [(code, category_label(code, language=language)) for code in tables.categories()]
        blank = [("", _("I do not know"))]
        self.fields["category"].choices = blank + sorted(known, key=lambda pair: pair[1])  # type: ignore[attr-defined]
        self.fields["joins"].choices = [("", _("A new matter")), *_tasks(scope)]  # type: ignore[attr-defined]

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"].strip()
        number = phones.parse(typed, region=settings.REGION) if typed else ""
        if number is None:
            raise forms.ValidationError(
                _("This is not a telephone number. Check the digits, or leave it empty.")
            )
        return number


def _tasks(scope: Scope) -> list[tuple[str, str]]:
    """The officer's open matters, to put it to."""
    page = queries.tasks(scope=scope, which="", after="", now=timezone.now())
    cases = {task.order.case: task for task in page.shown if task.order.case.state != State.CLOSED}
    rows = list(cases.items())[:MOST_TASKS]
    return [(case.public_id, f"{task.category} · {case.place or case.reference}") for case, task in rows]


@needs(*Permission)
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest) -> HttpResponse:
    """What was shared, and two buttons. Pressed twice it has one effect."""
    names = shelf.waiting(request, officer_id=request.scope.officer.pk)
    if request.method == "POST":
        return _decide(request, names)
    kept = _newest(names)
    if kept is None:
        return _said(request, _("Nothing is waiting here. Share it again from the other app."))
    return _asked(request, kept, ShareForm(scope=request.scope, initial={"share": kept.id}), len(names) - 1)


def _newest(names: list[str]) -> Share | None:
    return next((kept for name in names if (kept := shelf.get(name))), None)


def _decide(request: HttpRequest, names: list[str]) -> HttpResponse:
    form = ShareForm(request.POST, scope=request.scope)
    name = request.POST.get("share", "")
    kept = shelf.get(name) if name in names else None
    if kept is None:
        return _said(request, _("This was handed in already, or waited too long."), status=410)
    if "leave" in request.POST:
        shelf.forget(kept, files=True)
        return _after(request, kept, _("Nothing of it was kept."))
    if not form.is_valid():
        return _asked(request, kept, form, len(names) - 1, status=400)
    _hand_in(request, kept, form.cleaned_data, now=timezone.now())
    return _after(request, kept, _("Handed in. The desk reads it."))


def _hand_in(request: HttpRequest, kept: Share, given: dict[str, Any], *, now: datetime) -> None:
    """Into the journal, once; the files are on the disk already."""
    key = str(uuid5(NAMESPACE_URL, kept.id))
    entry = Entry(
        submission=key,
        text=kept.text,
        category=given["category"],
        place=given["place"],
        phone=given["phone"],
        met=given["met"],
        entered_by=request.scope.officer.pk,
        joins=given["joins"],
    )
    account = met.account()
    with transaction.atomic():
        if not first_time(officer=request.scope.officer, key=key, now=now):
            return
        files = uploads.keep(kept.files, now=now)
        intake_forms.submit(account=account, entry=entry, files=files, now=now)
        transaction.on_commit(lambda: shelf.forget(kept, files=False))


def _after(request: HttpRequest, kept: Share, said: str) -> HttpResponse:
    """On to what else waits, or to the end of it."""
    names = [name for name in shelf.waiting(request, officer_id=request.scope.officer.pk) if name != kept.id]
    more = _newest(names)
    if more:
        messages.success(request, said)
        response: HttpResponse = redirect("officer_shared")
    else:
        response = _said(request, said, good=True)
    shelf.strike(request, response, kept.id)
    return response


def _asked(
    request: HttpRequest, kept: Share, form: ShareForm, more: int, *, status: int = 200
) -> HttpResponse:
    facts = {"form": form, "kept": kept, "more": more}
    return render(request, "officer/share.html", facts, status=status)


def _said(request: HttpRequest, said: str, *, status: int = 200, good: bool = False) -> HttpResponse:
    response = render(request, "officer/share_said.html", {"said": said, "good": good}, status=status)
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response
