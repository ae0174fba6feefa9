"""Somebody told an officer something, in person or by telephone: the officer writes it down for the register (K15).

It takes the way of every message: read, judged, routed; the officer who wrote it down gets no right to it by that.
"""

from uuid import uuid4

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from rabta.channels import accounts
from rabta.channels.met import CHANNEL
from rabta.channels.models import Account
from rabta.force.access import Permission
from rabta.web.citizen import sending
from rabta.web.citizen.forms import PostForm
from rabta.web.citizen.views import hand_in
from rabta.web.guard import needs

# As the answers are written; in the person's own script.
LANGUAGES = [("ur", "اردو"), ("hi", "हिन्दी"), ("ps", "پښتو"), ("en", "English")]
HOW = [("in_person", _("In person")), ("by_phone", _("By telephone"))]


class MetForm(PostForm):
    """What was said, by whom, and in which language that person is answered."""

    met = forms.ChoiceField(label=_("How?"), choices=HOW, initial="in_person", widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language of this person"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["safe"].label = _("Is it safe to write to this person or call there?")
        self.fields["language"].choices = LANGUAGES  # type: ignore[attr-defined]
        self.fields["language"].initial = settings.CITIZEN_LANGUAGE


@needs(*Permission)
@require_http_methods(["GET", "HEAD", "POST"])
def met(request: HttpRequest) -> HttpResponse:
    """The form. Sent again (a slow network, a second press) it has one effect and shows the same code."""
    form = MetForm(request.POST or None, request.FILES or None, initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid():
        code = hand_in(form, lambda: _send(request, form))
        if code is not None:
            return render(request, "officer/met_received.html", {"code": code})
    return render(request, "officer/met.html", {"form": form}, status=400 if form.errors else 200)


def _send(request: HttpRequest, form: MetForm) -> str:
    return sending.post(
        account=account(),
        cleaned=form.cleaned_data,
        now=timezone.now(),
        language=form.cleaned_data["language"],
        met=form.cleaned_data["met"],
        entered_by=request.scope.officer.pk,
    )


def account() -> Account:
    """The account of what officers write down, of the force itself; made when it is first wanted."""
    return accounts.by_itself(CHANNEL, address="/officer/met/")
