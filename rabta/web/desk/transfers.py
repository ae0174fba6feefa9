"""Cases given to other forces, and cases that came from them: what is on its way, what did not arrive, what to do."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from rabta.cases.models import Case
from rabta.cases.transfers import Handed, Transfer
from rabta.channels.webform import HANDED
from rabta.force.access import Permission
from rabta.journey.ending import transferring
from rabta.replying.forces import forces
from rabta.web.guard import needs

SHOWN = 50
State = Transfer.State
# Why papers did not arrive, and what helps.
TROUBLES: dict[str, str | Promise] = {
    transferring.UNREACHABLE: _("The other force did not answer. Ask by telephone whether its Rabta runs."),
    transferring.KEY: _("The other force refused our key. An administrator asks there for a new one."),
    transferring.ADDRESS: _("The address is none where cases are taken. An administrator looks at it."),
    transferring.REFUSED: _(
        "The other force can't read the papers. Send them another way, and tell both sides."
    ),
    transferring.BROKEN: _("Something went wrong at the other force. Ask there by telephone."),
    transferring.NO_NUMBER: _("The other force has it, but has given no number yet. Ask there by telephone."),
    transferring.REOPENED: _("The case is not closed as transferred any more."),
}


def trouble_of(transfer: Transfer) -> str:
    """Why the papers are not there, in the reader's language; empty when nothing is wrong."""
    return str(TROUBLES.get(transfer.trouble, "")) if transfer.trouble else ""


def name_of(code: str) -> str:
    """What a force is called, for the reader."""
    return forces()[code].name(get_language() or "en") if code in forces() else code


def shown(transfer: Transfer) -> dict[str, Any]:
    """A transfer with its words."""
    return {"it": transfer, "force": name_of(transfer.force), "trouble": trouble_of(transfer)}


def came(case: Case) -> list[tuple[Handed, str]]:
    """From which force a case came; asked for only where it can have come from one."""
    if case.conversation.handle.scheme != HANDED:
        return []
    return [(one, name_of(one.force)) for one in Handed.objects.filter(case=case)]


@require_GET
@needs(Permission.HANDLE_CASES)
def transfers(request: HttpRequest) -> HttpResponse:
    """What failed first, then what is on its way, what arrived, and what came from elsewhere."""
    rows = Transfer.objects.filter(request.scope.visible("case__")).select_related("case", "officer")
    came = Handed.objects.filter(request.scope.visible("case__")).select_related("case").order_by("-id")
    facts = {
        "failed": _some(rows.filter(state=State.FAILED)),
        "waiting": _some(rows.filter(state=State.WAITING)),
        "done": _some(rows.filter(state__in=(State.RECEIVED, State.TOLD))),
        "came": [(one, name_of(one.force)) for one in came[:SHOWN]],
    }
    return render(request, "desk/transfers.html", facts)


def _some(rows: "QuerySet[Transfer]") -> list[dict[str, Any]]:
    return [shown(one) for one in rows.order_by("-id")[:SHOWN]]
