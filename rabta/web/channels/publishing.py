"""Writing posts of the force's accounts, reading those of others before they go, and seeing what stands where."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rabta.cases.refusal import Refused
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.files import films, lending, store, uploads
from rabta.files.checks import UploadRefused
from rabta.files.models import StoredFile
from rabta.files.uploads import Taken
from rabta.force.access import Permission
from rabta.journey import publishing
from rabta.outbox.models import Delivery
from rabta.publishing.models import Publication
from rabta.web.guard import needs

publishers = needs(Permission.PUBLISH)
SHOWN = 50


class PostForm(forms.Form):
    """A post: where, what, with which picture or film."""

    accounts = forms.MultipleChoiceField(
        label=gettext_lazy("Where?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=gettext_lazy("X counts 280 signs, Instagram 2200 and wants a picture or film."),
    )
    picture = forms.FileField(
        label=gettext_lazy("Photo or film"),
        required=False,
        help_text=gettext_lazy(
            "It goes without the camera's notes of place and time. Say in the text what a film shows."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,video/mp4,video/quicktime"}),
    )
    alt_text = forms.CharField(
        label=gettext_lazy("What is on the photo?"),
        required=False,
        max_length=publishing.LONGEST_ALT,
        help_text=gettext_lazy("For people who can't see it."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy(
            "Everybody may read this: it names no victim of a sexual offence, no child, no informant and no "
            "complainant, gives away no operation, and is no forward that nobody has verified."
        ),
        required=False,
    )

    def __init__(self, *args: Any, accounts: list[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.public_id, f"{BY_KIND[one.channel].label} · {one}") for one in accounts]
        self.fields["accounts"].choices = choices  # type: ignore[attr-defined]


@publishers
@require_http_methods(["GET", "HEAD", "POST"])
def publications(request: HttpRequest) -> HttpResponse:
    """The page: write a post; what waits for a second officer; what stands where."""
    accounts = publishing.accounts_of(request.scope)
    form = PostForm(request.POST or None, request.FILES or None, accounts=accounts)
    if request.method == "POST" and form.is_valid() and _write(request, form, accounts):
        messages.success(request, _("Written. Another officer reads it and lets it go."))
        return redirect("publications")
    rows = list(publishing.newest(request.scope)[:SHOWN])
    facts = {
        "form": form,
        "accounts": [_limits(account) for account in accounts],
        "waiting": [_shown(row, request) for row in rows if row.state == Publication.State.WAITS],
        "done": [_shown(row, request) for row in rows if row.state != Publication.State.WAITS],
    }
    return render(request, "channels/publications.html", facts, status=400 if form.errors else 200)


def _write(request: HttpRequest, form: PostForm, accounts: list[Account]) -> bool:
    """Write the post; False with the reason on the form."""
    taken: list[Taken] = []
    chosen = [one for one in accounts if one.public_id in form.cleaned_data["accounts"]]
    given = request.FILES.getlist("picture")[:1]
    try:
        taken = uploads.take(given, kinds=publishing.KINDS)
        if taken and taken[0].type.kind == "video":
            films.check(given[0], mime=taken[0].type.mime)
        now = timezone.now()
        with transaction.atomic():  # a refusal leaves no row of the picture
            (file,) = uploads.keep(taken, now=now) or (None,)
            publishing.write(
                accounts=chosen,
                text=form.cleaned_data["text"],
                file=file,
                alt_text=form.cleaned_data["alt_text"],
                confirmed=form.cleaned_data["confirmed"],
                by=request.scope,
                now=now,
            )
    except (Refused, UploadRefused) as refused:
        form.add_error(None, str(refused))
        if given:
            form.add_error("picture", _("Choose the file again: a browser does not send it by itself twice."))
        uploads.drop(taken)
        return False
    return True


def _limits(account: Account) -> dict[str, Any]:
    publishes = BY_KIND[account.channel].publishes
    longest = publishes.longest if publishes else 0
    return {"account": account, "channel": BY_KIND[account.channel], "longest": longest}


def _shown(row: Publication, request: HttpRequest) -> dict[str, Any]:
    delivery = row.delivery
    tone, words = "warn", row.get_state_display()
    if row.state == Publication.State.REFUSED:
        tone = "muted"
    elif delivery is not None:
        tone, words = TONES[delivery.state], STATES.get(delivery.state, delivery.get_state_display())
    return {
        "row": row,
        "channel": BY_KIND[row.account.channel],
        "tone": tone,
        "words": words,
        "own": row.author_id == request.scope.officer.pk,
    }


TONES: dict[str, str] = {
    Delivery.State.QUEUED: "warn",
    Delivery.State.SENDING: "warn",
    Delivery.State.SENT: "ok",
    Delivery.State.DELIVERED: "ok",
    Delivery.State.READ: "ok",
    Delivery.State.FAILED: "bad",
    Delivery.State.IN_DOUBT: "bad",
}
STATES: dict[str, Any] = {
    Delivery.State.SENT: gettext_lazy("published"),
    Delivery.State.FAILED: gettext_lazy("not published"),
    Delivery.State.IN_DOUBT: gettext_lazy("perhaps published: look at the account"),
}


@require_POST
@publishers
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let a post go, or say that it is not published."""
    row = get_object_or_404(publishing.newest(request.scope), public_id=public_id)
    now = timezone.now()
    try:
        if request.POST.get("decision") == "let_go":
            publishing.let_go(publication=row, by=request.scope, now=now)
            messages.success(request, _("It goes out now."))
        else:
            remark = request.POST.get("remark", "")
            publishing.refuse(publication=row, remark=remark, by=request.scope, now=now)
            messages.success(request, _("It is not published."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("publications")


@require_safe
@publishers
def picture(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The picture or film of a post, without the camera's notes."""
    row = get_object_or_404(publishing.newest(request.scope), public_id=public_id)
    copy = row.file.cleaned if row.file else None
    if copy is None:
        raise Http404
    return _picture(copy)


@require_safe
def lent(request: HttpRequest, word: str) -> HttpResponseBase:
    """What is being published, for the provider that fetches it. The address says all, for an hour."""
    public_id = lending.lent(word)
    found = (
        StoredFile.objects.filter(public_id=public_id, kind__in=publishing.KINDS).first()
        if public_id
        else None
    )
    if found is None:
        raise Http404
    return _picture(found)


def _picture(found: StoredFile) -> HttpResponseBase:
    response = StreamingHttpResponse(store.read(found), content_type=found.mime)
    response.headers["Content-Length"] = str(found.size)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
