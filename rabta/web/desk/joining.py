"""The desk's buttons that make one matter of several cases, part them again, or link them."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rabta import journey
from rabta.cases.models import Case, Message
from rabta.cases.refusal import Refused
from rabta.journey import parts
from rabta.journey.matters import linking, merging, splitting
from rabta.kit import ids
from rabta.web.desk.queries import cases


def _other(request: HttpRequest) -> Case:
    """The case that is named by its id or its reference number; one that the officer may not see is not there."""
    rows = cases(request.scope)
    named = request.POST.get("other", "")[:60]
    reference = ids.parse_reference(text=named)
    found = rows.filter(reference=reference) if reference else rows.filter(public_id=named)
    other = found.select_related("part_of").first()
    if other is None:
        raise Refused(_("There is no case with this number that you may see. Check the number."))
    return other


def merge(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Merge the other case into this one; with `into` this one into the other."""
    other, reason = _other(request), request.POST.get("reason", "")
    kept, absorbed = (other, case) if request.POST.get("into") else (case, other)
    merging.merge(kept=kept, absorbed=absorbed, reason=reason, by=request.scope, now=now)
    return {"said": _("Merged into %(case)s. It can be undone for one day.") % {"case": kept.reference}}


def unmerge(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Undo the merge of a part of this case (or of this case, which is the part)."""
    part = _other(request) if request.POST.get("other") else case
    merging.unmerge(case=part, by=request.scope, now=now)
    return {"said": _("Undone. %(case)s stands by itself again.") % {"case": part.reference}}


def take_out(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Take a part of this incident out of it (or this case, which is the part)."""
    part = _other(request) if request.POST.get("other") else case
    merging.take_out(case=part, by=request.scope, now=now)
    return {"said": _("%(case)s stands by itself now. Decide who acts on it.") % {"case": part.reference}}


def link(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    other = _other(request)
    linking.link(case=case, other=other, reason=request.POST.get("reason", ""), by=request.scope, now=now)
    return {"said": _("Linked with %(case)s.") % {"case": other.reference}}


def unlink(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    linking.unlink(case=case, other=_other(request), by=request.scope, now=now)
    return {"said": _("The link is removed.")}


def reply_all(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """One answer to everybody who told of the matter."""
    people = parts.reply_to_all(case=case, text=request.POST.get("text", ""), by=request.scope, now=now)
    said = ngettext("Sent to one person.", "Sent to %(people)d people, each under his own number.", people)
    return {"said": said % {"people": people}}


def split(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Open a case of its own from the chosen messages, or from what may be another matter, and go there."""
    if "offered" in request.POST:
        made = splitting.split_offered(case=case, by=request.scope, now=now)
    else:
        of_it = Q(case=case) | Q(case__part_of=case)
        rows = Message.objects.filter(
            request.scope.visible(), of_it, public_id__in=request.POST.getlist("message")
        )
        made = journey.split_several(messages=list(rows), by=request.scope, now=now)
    said = _("A new case was opened from what you chose: %(case)s.") % {"case": made.reference}
    return {"said": said, "to": made.public_id}


def keep_together(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    splitting.keep_together(case=case, by=request.scope, now=now)
    return {"said": _("It stays one case.")}


ACTS = {
    "merge": merge,
    "unmerge": unmerge,
    "take-out": take_out,
    "link": link,
    "unlink": unlink,
    "reply-all": reply_all,
    "split": split,
    "keep-together": keep_together,
}
