"""The public page of a group's square code: asking to join, proving the number; asking another officer. No script."""

from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rabta.cases.refusal import Refused
from rabta.force.models import PlaceName
from rabta.groups import kinds, words
from rabta.groups.models import Decision, Door, Group
from rabta.journey.groups.members import answering, doors, joining, vetting
from rabta.journey.groups.members.joining import REFEREES, Asked, Referee
from rabta.kit import ids, phones
from rabta.web.citizen import patience
from rabta.web.citizen.views import TOO_MANY, unkept, with_emergency

COOKIE = "rabta_join"
SECONDS = 3600
LANGUAGES = (("en", "English"), ("hi", "हिन्दी"), ("ur", "اردو"), ("ps", "پښتو"), ("roman", "Roman Urdu"))
MOST_PLACES = 300


class JoinForm(forms.Form):
    """What is needed to look at a wish to join, and no more."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=100,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Your telephone number"),
        max_length=30,
        help_text=gettext_lazy("A code is sent to it, so that nobody else gives your number."),
        widget=forms.TextInput(
            attrs={"dir": "ltr", "type": "tel", "autocomplete": "tel", "inputmode": "tel"}
        ),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("In which language shall we write to you?"), choices=LANGUAGES
    )
    kind = forms.ChoiceField(label=gettext_lazy("You are or want to be"))
    section = forms.ChoiceField(label=gettext_lazy("You belong to"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("Village or quarter"), required=False)
    consent = forms.BooleanField(
        label=gettext_lazy("I have read this and agree."),
        error_messages={"required": gettext_lazy("Without your agreement we may not write to you.")},
    )

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = [(one.code, str(one)) for one in joining.kinds_for(group)]
        self.fields["kind"].choices = fitting  # type: ignore[attr-defined]
        sections = [(code, str(one)) for code, one in kinds.sections().items()]
        self.fields["section"].choices = [("", _("Choose")), *sections]  # type: ignore[attr-defined]
        self.places = {str(place.pk): place for place in _places(group)}
        shown = [(key, str(place)) for key, place in self.places.items()]
        self.fields["place"].choices = [("", _("Another, or I do not know")), *shown]  # type: ignore[attr-defined]
        self.vetted = any(one.vetted for one in joining.kinds_for(group))
        for number in range(1, REFEREES + 1) if self.vetted else ():
            self.fields[f"referee_{number}"] = forms.CharField(
                label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"dir": "auto"})
            )
            self.fields[f"referee_phone_{number}"] = forms.CharField(
                label=_("Telephone number"),
                max_length=30,
                widget=forms.TextInput(attrs={"dir": "ltr", "type": "tel", "inputmode": "tel"}),
            )

    def referees(self) -> list[tuple[Any, Any]]:
        """The fields of each referee, for the page."""
        count = REFEREES if self.vetted else 0
        return [(self[f"referee_{n}"], self[f"referee_phone_{n}"]) for n in range(1, count + 1)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        numbers = ["phone", *(name for name in self.fields if name.startswith("referee_phone_"))]
        for name in numbers:
            if typed := cleaned.get(name):
                cleaned[name] = phones.parse(typed, region=settings.REGION) or ""
                if not cleaned[name]:
                    self.add_error(name, _("This is not a telephone number. Check the digits."))
        given = [cleaned[name] for name in numbers if cleaned.get(name)]
        if len(set(given)) < len(given):
            self.add_error(numbers[-1], _("Name two other people, each with a number of their own."))
        return cleaned

    def asked(self) -> Asked:
        """What was entered."""
        given = self.cleaned_data
        place = self.places.get(given["place"])
        count = REFEREES if self.vetted else 0
        return Asked(
            name=given["name"].strip(), address=given["phone"], kind=given["kind"], language=given["language"],
            section=given["section"], place=str(place or ""), lat=place.lat if place else None,
            lng=place.lng if place else None,
            referees=[
                Referee(name=given[f"referee_{n}"], number=given[f"referee_phone_{n}"]) for n in range(1, count + 1)
            ],
        )  # fmt: skip


def _places(group: Group) -> list[PlaceName]:
    rows = PlaceName.objects.filter(unit=group.unit_id).exclude(kind="road")
    return sorted(rows[:MOST_PLACES], key=str)


@require_http_methods(["GET", "HEAD", "POST"])
@unkept
def join(request: HttpRequest, word: str) -> HttpResponse:
    """Ask to join. An address that is shut or never was looks the same."""
    door = doors.opened(word, now=timezone.now())
    if door is None:
        return _page(request, "joining/shut.html", {}, status=404)
    form = JoinForm(request.POST or None, group=door.group, initial={"language": get_language() or "en"})
    facts = {"form": form, "group": door.group, "consent": _consent(), "invitation": door.invitation}
    if request.method == "POST" and patience.crowded(request):
        form.add_error(None, TOO_MANY)
        return _page(request, "joining/join.html", facts, status=429)
    if request.method == "POST" and form.is_valid():
        return _apply(request, door, form, facts)
    return _page(request, "joining/join.html", facts, status=400 if form.errors else 200)


def _apply(request: HttpRequest, door: Door, form: JoinForm, facts: dict[str, Any]) -> HttpResponse:
    try:
        with transaction.atomic():
            code = joining.apply(door=door, asked=form.asked(), now=timezone.now())
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, "joining/join.html", facts, status=503)
    patience.count_sent(request)
    response = redirect("join_code", door.word)
    response.set_signed_cookie(
        COOKIE, code, max_age=SECONDS, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@unkept
def code(request: HttpRequest, word: str) -> HttpResponse:
    """The digits that were sent are entered."""
    door = doors.opened(word, now=timezone.now())
    if door is None:
        return _page(request, "joining/shut.html", {}, status=404)
    receipt = _receipt(request)
    application = joining.opened(receipt) if receipt else None
    if application is None:
        return redirect("join", word)
    facts: dict[str, Any] = {"group": door.group, "application": application, "word": door.word, "why": ""}
    if request.method == "POST" and not application.proved_at:
        try:
            right = joining.prove(
                application=application, code=request.POST.get("code", "")[:20], now=timezone.now()
            )
        except Refused as refused:
            return _page(
                request, "joining/code.html", facts | {"why": str(refused), "over": True}, status=400
            )
        if not right:
            why = _("These are not the digits that we sent. Look at the message again.")
            return _page(request, "joining/code.html", facts | {"why": why}, status=400)
        return redirect("join_code", word)
    return _page(request, "joining/code.html", facts)


def _receipt(request: HttpRequest) -> str:
    try:
        return request.get_signed_cookie(COOKIE, max_age=SECONDS) or ""
    except (KeyError, signing.BadSignature):
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
@unkept
def answer(request: HttpRequest) -> HttpResponse:
    """Whoever was refused or removed asks for another officer, with the code of his letter."""
    if request.method != "POST":
        return _page(request, "joining/answer.html", {})
    if patience.exhausted(request):
        why = _("Too many tries from this connection. Please wait fifteen minutes.")
        return _page(request, "joining/answer.html", {"why": why}, status=429)
    receipt = ids.parse_receipt_code(text=request.POST.get("code", "")[:60])
    decision = answering.opened(receipt) if receipt else None
    if decision is None:
        patience.count_wrong(request)
        why = _("There is nothing under this code. Check the 16 digits and try again in a minute.")
        return _page(request, "joining/answer.html", {"why": why})
    facts: dict[str, Any] = {"decision": decision, "receipt": receipt, "removed": _removed(decision)}
    if request.POST.get("act") == "contest":
        try:
            facts["decision"] = vetting.contest(
                decision=decision, said=request.POST.get("said", ""), now=timezone.now()
            )
        except Refused as refused:
            return _page(request, "joining/answer.html", facts | {"why": str(refused)}, status=409)
    return _page(request, "joining/answer.html", facts)


def _removed(decision: Decision) -> bool:
    return decision.what == Decision.What.REMOVED


def _consent() -> str:
    return words.letter("consent", language=get_language() or "en")


def _page(request: HttpRequest, template: str, facts: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return render(request, template, with_emergency(facts), status=status)
