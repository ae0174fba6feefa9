"""The desk's pages: three panes, each of which can be fetched alone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from rabta import journey
from rabta.cases.authors import authors
from rabta.cases.looking import looked
from rabta.cases.models import Case, Message, Order, State, Withheld
from rabta.cases.reasons import in_words
from rabta.channels.registry import BY_KIND
from rabta.channels.webform import READ_FIRST
from rabta.desk import answers, drafts, notices
from rabta.desk.models import Draft
from rabta.force.access import Permission
from rabta.force.models import Officer
from rabta.journey.arriving.overheard import nobody_hears
from rabta.journey.deciding import read_marks
from rabta.journey.deciding.public import may_answer
from rabta.people.handles import UNKNOWN
from rabta.replying import closing
from rabta.replying.letters import private_way
from rabta.rules.matter import Guess
from rabta.triage import tables
from rabta.triage.assess import guessed
from rabta.web import chain_line, choosing
from rabta.web.channels.views import alarms_for
from rabta.web.desk import accusing, life, queries, saving
from rabta.web.desk import queues as known
from rabta.web.desk.dossier import Dossier, conversation, dossier, found, said_in
from rabta.web.desk.lights import light_of_case
from rabta.web.desk.news import news
from rabta.web.desk.related import parts_of
from rabta.web.desk.where import Where as Where
from rabta.web.events import QUIET, event_words, still_asked
from rabta.web.guard import needs
from rabta.web.lights import light_of

operators = needs(Permission.HANDLE_CASES)
MOST_ROWS_ASKED = 60
DESK_CLOSES = ("query", "feedback", "praise")  # kinds that the desk answers and closes itself


@require_GET
@operators
def desk(request: HttpRequest) -> HttpResponse:
    """Queues and list; the third pane is empty until a case is chosen."""
    return _page(request, {})


@require_GET
@operators
def more(request: HttpRequest) -> HttpResponse:
    """The list alone: a new one, or the lines after `?after=`."""
    facts = _list(request, Where.of(request), timezone.now())
    return render(request, "desk/rows.html" if request.GET.get("after") else "desk/list.html", facts)


@require_GET
@operators
def rows(request: HttpRequest) -> HttpResponse:
    """The lines of `?ids=` that are in the list now: what changed while the page was open."""
    where, now = Where.of(request), timezone.now()
    asked = request.GET.get("ids", "").split(",")[:MOST_ROWS_ASKED]
    if where.queue in known.WITHOUT_CASE or where.text:
        return render(request, "desk/rows.html", {"lines": [], "where": where})
    queue = known.BY_CODE[where.queue]
    lines = queries.rows_now(
        scope=request.scope, queue=queue, narrow=where.narrow, sort=where.sort, public_ids=asked, now=now
    )
    return render(request, "desk/rows.html", {"lines": _lines(lines, now), "where": where})


@require_GET
@operators
def queues(request: HttpRequest) -> HttpResponse:
    """The queues with their counts, and the bar that tells of emergencies."""
    return render(request, "desk/counts.html", _queues(request, Where.of(request)))


@require_GET
@operators
def case(request: HttpRequest, public_id: str) -> HttpResponse:
    """One case: the third pane alone for a page that is open, the whole desk otherwise."""
    chosen = get_object_or_404(found(scope=request.scope), public_id=public_id)
    facts = case_facts(request, chosen)
    queries.look(scope=request.scope, case=chosen, now=facts["now"])
    read_marks.opened(case=chosen, by=request.scope, now=facts["now"])
    if partial(request):
        return render(request, "desk/case.html", facts)
    return _page(request, facts)


@require_GET
@operators
def fresh(request: HttpRequest, public_id: str) -> HttpResponse:
    """The parts of an open case that changed; `?all=1` also those with forms in them."""
    chosen = get_object_or_404(found(scope=request.scope), public_id=public_id)
    facts = case_facts(request, chosen)
    queries.look(scope=request.scope, case=chosen, now=facts["now"])
    return render(request, "desk/fresh.html", facts | {"with_forms": request.GET.get("all") == "1"})


@require_GET
@operators
def earlier(request: HttpRequest, public_id: str) -> HttpResponse:
    """Messages before `?before=`."""
    chosen = get_object_or_404(found(scope=request.scope), public_id=public_id)
    looked([chosen], by=request.scope, where="desk", now=timezone.now())
    before, now = request.GET.get("before", ""), timezone.now()
    parts = parts_of(chosen, scope=request.scope)
    said = conversation(case=chosen, scope=request.scope, parts=parts, now=now, before=before)
    person = authors([chosen], by=request.scope, purpose="case", now=now)[chosen.pk]
    return render(request, "desk/messages.html", {"case": chosen, "conversation": said, "person": person})


def partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page (not for all of it, as after the back button)."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def _page(request: HttpRequest, facts: dict[str, Any]) -> HttpResponse:
    where = Where.of(request)
    facts = _queues(request, where) | _list(request, where, timezone.now()) | facts
    return render(request, "desk/desk.html", facts)


def _queues(request: HttpRequest, where: Where) -> dict[str, Any]:
    counts = queries.counts(scope=request.scope)
    return {
        "where": where,
        "queues": [(queue, counts[queue.code]) for queue in known.QUEUES],
        "greetings_count": counts[known.GREETINGS],
        "talk_count": counts[known.TALK],
        "most_counted": queries.MOST_COUNTED,
        "units": queries.units(scope=request.scope),
        "news": news(scope=request.scope, now=timezone.now()),
        "account_alarms": alarms_for(request.scope),
        "notices_unread": notices.unread(request.scope.officer, visible=request.scope.visible("case__")),
        "saved": saving.with_counts(request),
    }


def _list(request: HttpRequest, where: Where, now: datetime) -> dict[str, Any]:
    after = request.GET.get("after", "")
    if where.queue in known.WITHOUT_CASE and not where.text:
        lines, following = queries.greetings_page(
            scope=request.scope, queue=where.queue, before=after, now=now
        )
        return {"where": where, "greetings": lines, "next": following}
    if where.text:
        page = queries.search(scope=request.scope, text=where.text, narrow=where.narrow, after=after, now=now)
        return {"where": where, "lines": _lines(page.rows, now), "next": page.next}
    queue = known.BY_CODE[where.queue]
    page = queries.page(
        scope=request.scope,
        queue=queue,
        narrow=where.narrow,
        units=where.units if where.unit and not where.officer else (),
        sort=where.sort,
        after=after,
        now=now,
    )
    return {"where": where, "queue": queue, "lines": _lines(page.rows, now), "next": page.next}


def _lines(rows: Iterable[queries.Row], now: datetime) -> list[dict[str, Any]]:
    language = get_language() or "en"
    return [
        {
            "row": row,
            "light": light_of_case(case=row.case, now=now),
            "category": tables.category_label(row.case.category, language=language),
        }
        for row in rows
    ]


def case_facts(request: HttpRequest, chosen: Case) -> dict[str, Any]:
    """Everything that the templates of a case want."""
    scope, now = request.scope, timezone.now()
    read = dossier(case=chosen, scope=scope, now=now)
    language = get_language() or "en"
    return {
        "now": now,
        "where": Where.of(request),
        "case": chosen,
        "dossier": read,
        "conversation": read.conversation,
        "related": read.related,
        "person": read.person,
        "light": light_of_case(case=chosen, now=now),
        "category": tables.category_label(chosen.category, language=language),
        "orders": [(one, light_of(order=one, now=now)) for one in read.orders],
        "chain": chain_line.line(read.orders, now=now),
        "timeline": [(event, event_words(event)) for event in read.events if event.what not in QUIET],
        "still_asked": still_asked(read.events),
        "public_post": may_answer(chosen),
        "no_private_way": bool(BY_KIND[chosen.account.channel].send) and not private_way(chosen.conversation),
        "nobody_hears": nobody_hears(chosen),
        "said_in_group": _said_in_group(read),
        "writer_unknown": chosen.conversation.handle.scheme == UNKNOWN,
        "drafts": (begun := drafts.of_case(case=chosen, officer=scope.officer)),
        "draft": begun.get(Draft.Kind.REPLY),
        "last_out": _last_out(read),
        "answers": _answers(read, officer=scope.officer),
        "key": uuid4,
        **accusing.facts(chosen),
        **life.facts(chosen, orders=read.orders, scope=scope, now=now),
        **_decisions(request, read, language, now),
    }


def _answers(read: Dossier, *, officer: Officer) -> list[answers.Canned]:
    """Prepared answers for the citizen; whose name is hidden is not named."""
    known = tables.categories().get(read.case.category)
    person = read.person
    name = "" if person.protected or person.name == person.number else person.name
    return answers.for_case(read.case, name=name, officer=officer, category=known.labels if known else {})


def _said_in_group(read: Dossier) -> bool:
    """Whether what would be answered was said to a group, and not to us."""
    heard = [m for m in read.conversation.messages if m.direction == Message.Direction.IN]
    return bool(heard and heard[-1].overheard and heard[-1].kind not in READ_FIRST)


def _last_out(read: Dossier) -> str:
    """The newest message to the citizen on the page: what is written from now on may cross another."""
    sent = [m for m in read.conversation.messages if m.direction == Message.Direction.OUT]
    return sent[-1].public_id if sent else ""


def _decisions(request: HttpRequest, read: Dossier, language: str, now: datetime) -> dict[str, Any]:
    """What may be decided next: category and its suggestion, the suggested unit, closing."""
    chosen, scope = read.case, request.scope
    is_open = chosen.state != State.CLOSED
    may = {p.value: scope.may(p, chosen) for p in Permission}
    lead_is_open = any(
        o.part == Order.Part.LEAD and o.finished_at is None and o.state in _RUNNING for o in read.orders
    )
    accused = chosen.withheld == Withheld.ACCUSATION
    suggests = is_open and may["order"] and not lead_is_open and not accused
    suggested = journey.suggest(chosen, now=now) if suggests else None
    guess = _guess(read) if is_open and chosen.category_source in ("", "words") else None
    return {
        "is_open": is_open,
        "can": may,
        "categories": [
            (c.code, c.labels.get(language) or c.labels["en"]) for c in tables.categories().values()
        ],
        "guess": guess,
        "guess_label": tables.category_label(guess.category, language=language) if guess else "",
        "suggested": suggested,
        "suggested_besides": choosing.told_besides(suggested.lead.post, by=scope)
        if suggested and suggested.lead
        else None,
        "suggested_why": in_words(suggested.why) if suggested else "",
        "lead_is_open": lead_is_open,
        "advice": closing.draft(case=chosen, outcome=""),
        "letters": _letters(read) if is_open and may["verify"] else {},
        "desk_closes": is_open and (chosen.kind in DESK_CLOSES or not read.orders),
    }


def _letters(read: Dossier) -> dict[int, closing.Draft]:
    """By the id of each report that waits: what the citizen gets when it is accepted and the case closes."""
    leads = [one for one in read.orders if one.part == Order.Part.LEAD and one.state == Order.State.REPORTED]
    waiting = [report for one in leads for report in one.reports.all() if not report.decision]
    return {report.pk: closing.draft(case=read.case, outcome=report.outcome) for report in waiting}


_RUNNING = (Order.State.ISSUED, Order.State.ACCEPTED, Order.State.REPORTED)


def _guess(read: Dossier) -> Guess | None:
    """What the words say, unless the case has that category already."""
    guess = guessed(said_in(read.conversation.messages))
    return guess if guess and guess.category != read.case.category else None
