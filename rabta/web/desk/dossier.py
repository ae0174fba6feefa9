"""One case as the desk reads it: conversation, person, orders, timeline, and what may be decided next."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, FilteredRelation, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language

from rabta.cases.authors import authors
from rabta.cases.models import Attachment, Case, Event, Evidence, Message, MessageVersion, Order, Report
from rabta.channels.registry import BY_KIND
from rabta.force.access import Scope
from rabta.outbox import windows
from rabta.people.handles import UNKNOWN
from rabta.people.reveal import Shown
from rabta.replying import letters
from rabta.replying.offered import Offer, offers
from rabta.replying.preview import Preview, preview
from rabta.retention.models import Erasure
from rabta.rules import window
from rabta.web.desk.queries import PERSON, cases
from rabta.web.desk.related import Related, parts_of, related

MESSAGES = 60
EVENTS = 100
EARLIER_CASES = 6
PARTS = (Order.Part.LEAD, Order.Part.SUPPORT, Order.Part.INFORM)


@dataclass(frozen=True, kw_only=True)
class Window:
    """Whether free text may be sent: always (`limited` False), until a moment, or no more; then perhaps a template."""

    limited: bool
    templates: bool
    until: datetime | None
    open: bool
    preview: Preview | None = None  # what goes once it is over …
    offers: Sequence[Offer] = ()  # … or one of these, with its blanks filled in


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """The newest messages of a case and its parts, oldest first, and whether there are earlier ones.

    `of_parts`: by the id of what was said in a part, that part and the name of whoever told it.
    """

    messages: list[Message]
    before: str
    of_parts: dict[int, tuple[Case, Shown]] = field(default_factory=dict)
    apart_from: str = ""  # the first message of what may be another matter


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """All that the page of a case shows, apart from suggestions."""

    case: Case
    person: Shown
    conversation: Conversation
    window: Window
    safe: str  # the answer on safe contact that counts in this case
    leaves: str  # of what an officer writes now: nothing, neutral, words; empty where we send nothing
    orders: list[Order]
    events: list[Event]
    earlier: list[Case]
    related: Related


def found(*, scope: Scope) -> QuerySet[Case]:
    """Visible cases with what the page of a case needs: who keeps it from erasure, why and since when, or
    when it was erased."""
    rows = cases(scope).annotate(kept=FilteredRelation("holds", condition=Q(holds__ended_at=None)))
    rows = rows.annotate(kept_why=F("kept__reason"), kept_at=F("kept__at"), kept_by=_name_of("kept__by"))
    erased = Erasure.objects.filter(what=Erasure.What.CASE, subject=OuterRef("public_id"))
    rows = rows.annotate(erased_at=Subquery(erased.values("at")[:1]))
    rows = rows.select_related("account__unit", "lead_unit", "accused_unit", "assigned_to")
    return rows.defer("account__unit__area", "lead_unit__area", "accused_unit__area").prefetch_related(PERSON)


def _name_of(officer: str) -> F | Coalesce:
    """The officer's name in the reader's language, in English where that is missing."""
    language = (get_language() or "en")[:2]
    if language not in ("hi", "ur"):
        return F(f"{officer}__name")
    return Coalesce(NullIf(F(f"{officer}__name_{language}"), Value("")), F(f"{officer}__name"))


def dossier(*, case: Case, scope: Scope, now: datetime) -> Dossier:
    """Read the case. The number of queries is fixed; one record says that the person was looked at."""
    handle, case.conversation.account = case.conversation.handle, case.account  # read already
    shown = authors([case], by=scope, purpose="case", now=now)
    parts = parts_of(case, scope=scope)
    theirs = cases(scope).filter(conversation__handle__person_id=handle.person_id, author_alias="")
    others = theirs.exclude(pk=case.pk).order_by("-last_in_at", "-id")[:EARLIER_CASES]
    earlier = [] if case.author_alias else list(others)  # beside each other they would tell who it is
    return Dossier(
        case=case,
        person=shown[case.pk],
        conversation=conversation(case=case, scope=scope, parts=parts, now=now),
        window=window_of(case=case, scope=scope, now=now),
        safe=letters.safe_of(case),
        leaves=letters.leaves_of(case),
        orders=orders(case=case, scope=scope, parts=parts),
        events=events(case=case, parts=parts),
        earlier=earlier,
        related=related(case=case, parts=parts, earlier=earlier, scope=scope, now=now),
    )


def events(*, case: Case, parts: Sequence[Case] = ()) -> list[Event]:
    """What happened in the case and in what is part of it, the newest first."""
    rows = Event.objects.filter(case__in=[case.pk, *(part.pk for part in parts)])
    return list(rows.select_related("officer", "post", "case").order_by("-id")[:EVENTS])


def conversation(
    *, case: Case, scope: Scope, parts: Sequence[Case], now: datetime, before: str = ""
) -> Conversation:
    """The last MESSAGES messages of the case and its parts, or those before a message."""
    by_id = {part.pk: part for part in parts}
    rows = Message.objects.filter(scope.visible(), case__in=[case.pk, *by_id])
    if before:
        rows = rows.filter(id__lt=Message.objects.filter(public_id=before).values("id")[:1])
    rows = rows.select_related("author", "author_post", "delivery", "in_reply_to", PERSON).prefetch_related(
        Prefetch("versions", queryset=MessageVersion.objects.order_by("id")),
        Prefetch("attachments", queryset=Attachment.objects.select_related("file").order_by("id")),
    )
    newest = list(rows.order_by("-id")[: MESSAGES + 1])
    shown = newest[:MESSAGES][::-1]
    for message in shown:
        message.case = by_id.get(message.case_id or 0, case)
        if message.in_reply_to and _leads_elsewhere(message.case, message.in_reply_to):
            message.in_reply_to = None
    told = {message.case_id: by_id[message.case_id] for message in shown if message.case_id in by_id}
    names = authors(told.values(), by=scope, purpose="case", now=now) if told else {}
    return Conversation(
        messages=shown,
        before=shown[0].public_id if len(newest) > MESSAGES else "",
        apart_from=_apart_from(case, shown),
        of_parts={
            message.pk: (by_id[message.case_id], names[message.case_id])
            for message in shown
            if message.case_id in by_id
        },
    )


def _apart_from(case: Case, shown: Sequence[Message]) -> str:
    since = case.split_offered_at
    said = (one for one in shown if one.direction == Message.Direction.IN)
    return next((one.public_id for one in said if since and one.received_at >= since), "")


def _leads_elsewhere(case: Case, quoted: Message) -> bool:
    """Whether the quoted words would tell of another case of somebody who is hidden in this one."""
    return bool(case.author_alias) and quoted.case_id != case.pk


def orders(*, case: Case, scope: Scope, parts: Sequence[Case] = ()) -> list[Order]:
    """The orders of the case and its parts with reports and evidence, the newest first."""
    rows = Order.objects.filter(scope.visible(), case__in=[case.pk, *(part.pk for part in parts)])
    rows = rows.select_related(
        "case",
        "post",
        "unit",
        "delivery__account",
        "issued_by",
        "issued_by_post",
        "accepted_by",
        "goal",
        "given_to",
    )
    reports = Report.objects.select_related("officer", "decided_by").order_by("-id")
    evidence = Evidence.objects.select_related("file", "officer").order_by("id")
    rows = rows.prefetch_related(
        Prefetch("reports", queryset=reports), Prefetch("evidence", queryset=evidence)
    )
    return sorted(rows, key=lambda order: (PARTS.index(order.part), -order.pk))


def window_of(*, case: Case, scope: Scope, now: datetime) -> Window:
    """Until when the citizen may be sent free text over the case's account, as far as the officer may know.

    What is kept from the officer opens the window as well; that it is open would tell that something was written.
    """
    account = case.account
    channel = BY_KIND[account.channel]
    length, templates = windows.window_length(channel.limits, personal=True), channel.templates is not None
    if length is None or case.conversation.handle.scheme == UNKNOWN:
        return Window(limited=False, templates=templates, until=None, open=True)
    until = windows.open_until(account, bytes(case.conversation.handle.digest), personal=True)
    heard = Message.objects.filter(
        scope.visible(), conversation=case.conversation_id, direction=Message.Direction.IN
    )
    last = heard.order_by("-id").values_list("received_at", flat=True).first()
    known = window.closes_at(last_in_at=last, window=length)
    until = min(until, known) if until and known else None
    is_open = until is not None and until > now
    return Window(
        limited=True,
        templates=templates,
        until=until,
        open=is_open,
        offers=offers(case) if templates and not is_open else (),
        preview=preview(case) if templates else None,
    )


def said_in(messages: list[Message]) -> str:
    """All that the citizen wrote, for suggestions."""
    said = (m.judged_text for m in messages if m.direction == Message.Direction.IN)
    return "\n".join(filter(None, said))
