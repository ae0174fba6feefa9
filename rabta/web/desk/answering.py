"""The page of prepared answers: the head of a desk words them, in every language, with a look at each."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rabta.cases.refusal import Refused
from rabta.desk import answers
from rabta.force.access import Permission
from rabta.force.models import Unit
from rabta.rules import filling
from rabta.web.desk.running import desk_of
from rabta.web.guard import needs


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_DESK)
def prepared(request: HttpRequest) -> HttpResponse:
    """All answers of the desk; a POST keeps or withdraws one."""
    unit = desk_of(request, Permission.RUN_DESK)
    if request.method == "GET":
        return _page(request, unit, {})
    code, now, officer = request.POST.get("code", ""), timezone.now(), request.scope.officer
    try:
        if request.POST.get("act") == "withdraw":
            answers.withdraw(unit=unit, code=code, by=officer, now=now)
            messages.success(request, _("Withdrawn: /%(code)s") % {"code": code})
        else:
            answers.save(unit=unit, code=code, texts=_texts(request), by=officer, now=now)
            messages.success(request, _("Saved: /%(code)s") % {"code": code})
    except Refused as refused:
        messages.error(request, str(refused))
        return _page(request, unit, {"typed": request.POST, "typed_texts": _texts(request)}, status=400)
    return redirect(f"{reverse('desk_answers')}?unit={unit.public_id}")


def _languages() -> list[str]:
    """The languages of the pages first, then others that citizens are answered in."""
    return list(dict.fromkeys([*dict(settings.LANGUAGES), *(one.language for one in answers.shipped())]))


def _texts(request: HttpRequest) -> dict[str, str]:
    sent = {language: request.POST.get(f"text-{language}") for language in _languages()}
    return {language: text for language, text in sent.items() if text is not None}


def _page(request: HttpRequest, unit: Unit, more: dict[str, Any], status: int = 200) -> HttpResponse:
    by_code: dict[str, dict[str, answers.Canned]] = {}
    for one in answers.of_desk(unit.pk):
        by_code.setdefault(one.code, {})[one.language] = one
    typed, texts = more.get("typed"), more.get("typed_texts", {})
    lines = []
    for code, found in by_code.items():
        wrong = typed is not None and typed.get("code") == code
        fields = [_field(language, found, texts if wrong else {}) for language in _languages()]
        own = any(one.own for one in found.values())
        lines.append({"code": code, "own": own, "wrong": wrong, "fields": fields})
    is_new = bool(typed) and typed.get("code", "") not in by_code
    facts = {
        "unit": unit,
        "lines": lines,
        "blanks": filling.BLANKS,
        "new": [_field(language, {}, texts if is_new else {}) for language in _languages()],
        "new_code": typed.get("code", "") if is_new else "",
    }
    return render(request, "desk/answers.html", facts, status=status)


def _field(language: str, found: dict[str, answers.Canned], typed: dict[str, str]) -> dict[str, str]:
    one = found.get(language)
    return {
        "language": language,
        "text": typed.get(language, one.text if one else ""),
        "example": answers.example(one) if one else "",
    }
