"""What was removed from a group's talk, for who commands there: a list without words, each opened for a reason."""

import base64

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from rabta.cases.refusal import Refused
from rabta.files import store
from rabta.force.access import Permission
from rabta.groups import talk
from rabta.groups.models import Group, Item
from rabta.journey.groups.talk import unsealing
from rabta.web import cursors
from rabta.web.groups import queries
from rabta.web.groups.talk import line_of
from rabta.web.guard import needs

commanders = needs(Permission.DIRECT)
SHOWN = 50


@require_safe
@commanders
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """When, why and by whom; never the words. `?after=` where it goes on."""
    group = _group_or_404(request, public_id)
    after = cursors.opened(request.GET.get("after", ""), count=1)
    rows = unsealing.removed(group)
    found = list((rows.filter(pk__lt=after[0]) if after else rows)[: SHOWN + 1])
    facts = {
        "group": group,
        "tab": "talk",
        "lines": [(line_of(item), _why(item)) for item in found[:SHOWN]],
        "after": cursors.sealed(found[SHOWN - 1].pk) if len(found) > SHOWN else "",
    }
    return render(request, "groups/removed.html", facts)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@commanders
def one(request: HttpRequest, public_id: str, item_id: str) -> HttpResponse:
    """Asks for the reason; then the words, once: they stand in no address and no history."""
    group = _group_or_404(request, public_id)
    item = get_object_or_404(unsealing.removed(group).select_related("group"), public_id=item_id)
    facts: dict[str, object] = {
        "group": group, "tab": "talk", "line": line_of(item), "why": _why(item), "reasons": unsealing.REASONS.items(),
    }  # fmt: skip
    status = 200
    if request.method == "POST":
        try:
            with transaction.atomic():
                facts["words"] = unsealing.read(
                    item=item, reason=request.POST.get("reason", ""), by=request.scope, now=timezone.now()
                )
        except Refused as refused:
            facts["refused"], status = str(refused), 400
        else:
            facts["opened"], facts["picture"] = True, _picture(item)
    return render(request, "groups/removed_one.html", facts, status=status)


def _group_or_404(request: HttpRequest, public_id: str) -> Group:
    group = queries.group_or_404(public_id, request.scope)
    if not unsealing.may_open(request.scope, group):
        raise Http404
    return group


def _why(item: Item) -> str:
    """The word for why it was removed, in the reader's language."""
    found = talk.refusals().get(item.reason or item.noise)
    return str(found) if found else ""


def _picture(item: Item) -> str:
    """The copy of its picture inside the page, so that no address of it is left behind."""
    if item.file is None or item.file.cleaned is None:
        return ""
    data = base64.b64encode(b"".join(store.read(item.file.cleaned))).decode()
    return f"data:{item.file.cleaned.mime};base64,{data}"
