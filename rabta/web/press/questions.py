"""Journalists' questions: entered by an officer, or left unanswered with a reason."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rabta.cases.refusal import Refused
from rabta.force.access import Permission
from rabta.journey.press import asking
from rabta.web.guard import needs
from rabta.web.press import versions
from rabta.web.press.forms import QuestionForm

speakers = needs(Permission.PUBLISH)


@require_POST
@speakers
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a question; its clock begins to run."""
    form = QuestionForm(request.POST, scope=request.scope)
    if form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                asking.enter(
                    unit=given["unit"], text=given["text"], outlet=given["outlet"], by=request.scope,
                    now=timezone.now(),
                )  # fmt: skip
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Entered. The clock runs."))
            return redirect("press")
    return versions.page(request, form, status=400)


@require_POST
@speakers
def decline(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that there will be no version, and why."""
    question = get_object_or_404(asking.questions(request.scope), public_id=public_id)
    try:
        with transaction.atomic():
            asking.decline(
                question=question, remark=request.POST.get("remark", ""), by=request.scope, now=timezone.now()
            )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Kept as not answered."))
    return redirect("press")
