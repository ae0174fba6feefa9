"""An exported chat that comes through the share menu: it goes to the page that brings chats in, as the chosen file."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rabta.files import store
from rabta.web import kept
from rabta.web.groups.importing import BRINGERS

ENDS = (".txt", ".zip")


def is_chat(file: UploadedFile) -> bool:
    """Whether a file can be the export of a chat: no other app shares such files with us."""
    return (file.name or "").casefold().endswith(ENDS)


def take(request: HttpRequest, file: UploadedFile, *, others: int) -> HttpResponse:
    """Put the file away for its officer and lead to the page that looks at it. Nothing is brought in by this."""
    if not request.scope or not any(request.scope.has(permission) for permission in BRINGERS):
        why = _("Sign in to Rabta on this phone first, then share the chat again.")
        return _said(
            request, why if not request.scope else _("Your posts do not bring in chats."), status=403
        )
    try:
        word = kept.keep(file, officer_id=request.scope.officer.pk).word
    except store.TooLarge:
        return _said(request, _("This file is too large to be shared from a phone."), status=413)
    if others:
        words = ngettext(
            "%(n)s further file was not taken. Export the chat as one file (zip) to bring its pictures in.",
            "%(n)s further files were not taken. Export the chat as one file (zip) to bring its pictures in.",
            others,
        )
        messages.warning(request, words % {"n": others})
    response = redirect(f"{reverse('groups_import')}?{urlencode({'chat': word})}")
    response.status_code = 303
    return response


def _said(request: HttpRequest, text: str, *, status: int) -> HttpResponse:
    return render(request, "officer/share_said.html", {"said": text}, status=status)
