"""The group elsewhere that belongs to a group: linking it, and words to be written there by hand."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rabta.cases.refusal import Refused
from rabta.channels.models import Account
from rabta.force.access import Permission
from rabta.groups import outside
from rabta.groups.models import Group
from rabta.journey.groups.talk import linking
from rabta.web.groups import queries
from rabta.web.guard import needs


class LinkForm(forms.Form):
    """Which bot or exported chat, and for a bot the number of the group."""

    account = forms.ModelChoiceField(
        label=gettext_lazy("Read by"),
        queryset=Account.objects.none(),
        to_field_name="public_id",
        empty_label=None,
    )
    chat = forms.CharField(
        label=gettext_lazy("Number of the Telegram group"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "text"}),
        help_text=gettext_lazy("Begins with a minus. Leave it empty for a WhatsApp group."),
    )

    def __init__(self, *args: object, group: Group) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.fields["account"].queryset = linking.accounts_for(group)  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.GROUPS)
def chat(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is linked, and linking another."""
    group = queries.group_or_404(public_id, request.scope)
    form = LinkForm(request.POST or None, group=group)
    if request.method == "POST":
        try:
            with transaction.atomic():
                done = _act(request, group, form)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            if done:
                messages.success(request, done)
                return redirect("group_chat", group.public_id)
    facts = {
        "group": group,
        "tab": "chat",
        "form": form,
        "accounts": linking.accounts_for(group).exists(),
        "by_hand": outside.shown_to_copy(group, queries.broadcasts(group)),
    }
    return render(request, "groups/chat.html", facts, status=400 if form.errors else 200)


def _act(request: HttpRequest, group: Group, form: LinkForm) -> str:
    now = timezone.now()
    if request.POST.get("act") == "unlink":
        linking.unlink(group=group, by=request.scope, now=now)
        return _("The chat is not linked any more.")
    if not form.is_valid():
        return ""
    facts = form.cleaned_data
    linking.link(group=group, account=facts["account"], chat=facts["chat"], by=request.scope, now=now)
    return _("Linked. What is written there counts from now on.")
