"""The accused cannot tell: every page, list, count, search, answer of the API and piece of live news of the accused
unit's officers is the same byte for byte with and without the complaint.

The same addresses are fetched twice: with the complaint, then with all of it undone. Only what differs by itself from
one page to the next is made equal first (`BY_ITSELF`): the token against forged forms and the key of a form. The page
that sets up an app for codes is left out: it shows a new secret each time.
"""

import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from rabta import journey
from rabta.cases.models import Case, Message, Order, Report
from rabta.channels.models import Account
from rabta.desk import drafts, presence
from rabta.force import access, directory
from rabta.force.models import Officer, Role
from rabta.intake.models import Quarantined
from rabta.jobs import tailer
from rabta.journey.deciding import assigning
from rabta.journey.ending import closing, flagging
from rabta.journey.matters import linking
from rabta.journey.orders import giving
from rabta.journey.posts import handovers, vacancies
from rabta.journey.timing import noticing
from rabta.outbox import health, watching
from rabta.outbox.models import Delivery
from rabta.review import digests, interims, sweep
from rabta.review.models import Digest
from rabta.web.hub import Hub, Viewer
from tests import cast as players
from tests.cast import MINUTE, NOW, PESHAWAR_NUMBER, TODAY, Citizen, acting, also_holds, hears, post_named
from tests.conftest import AsRole
from tests.figures import Figure, measured
from tests.steps.stage import ACCUSATION, theft, waits_beside
from tests.web.bodies import body_for
from tests.web.route_world import World
from tests.web.routes import Route, table
from tests.web.small_force import officer

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)
EVENING = NOW.replace(hour=14)  # seven in the evening in Karachi, when figures go to telephones
BY_ITSELF = [
    rb'"public_id": "[0-9a-z]{16}", "step"',  # a limit that was passed is written down anew, under another id
    rb'action="/review/limit/[0-9a-z]{16}/take/"',
    rb'name="csrfmiddlewaretoken" value="\w{64}"',
    rb'"X-CSRFToken": "\w{64}"',
    rb'data-token="\w{64}"',
    rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
]
# Pages that are the same for whoever reads them, and acts, are asked by one officer only: who sits on two chairs.
OF_NO_CASE = (
    "/account/",
    "/login/",
    "/key",
    "/setup/",
    "/officers/",
    "/areas",
    "/numbers/",
    "/status/",
    "/received/",
)
NEWS = """
    SELECT e.tx::text, e.id, c.public_id, c.visible_to, c.hidden_from,
           ARRAY(SELECT o.post_id FROM cases_order o WHERE o.case_id = c.id)
    FROM cases_event e JOIN cases_case c ON c.id = e.case_id ORDER BY e.id
"""


class Readers(World):
    """Browsers and tokens of officers; what they are answered, made equal where it differs by itself."""

    def __init__(self, as_role: AsRole, officers: list[Officer]) -> None:
        self.as_role = as_role
        self.client = Client(raise_request_exception=False)
        self.officers = officers
        for one in officers:  # before anything is undone
            self.session(one), self.token(one)

    def read(self, path: str, who: Officer, method: str = "GET") -> tuple[int, bytes]:
        """Fetch, and undo what fetching changed (that the officer has looked)."""
        self.client.cookies.clear()
        headers = {"authorization": f"Bearer {self.token(who)}"} if path.startswith("/api/") else {}
        if not headers:
            self.client.cookies.load({settings.SESSION_COOKIE_NAME: self.session(who)})
        with transaction.atomic():
            with self.as_role("rabta_web"):
                words = body_for(path) if headers and method == "POST" else {}
                answer = getattr(self.client, method.lower())(path, headers=headers, **words)
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        for pattern in BY_ITSELF:
            body = re.sub(pattern, b"", body)
        return answer.status_code, answer.headers.get("Location", "").encode() + body


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    logging.disable(logging.WARNING)
    yield players.make()
    logging.disable(logging.NOTSET)
    directory.forget()


def of_the_station(cast: SimpleNamespace) -> list[Officer]:
    """Kotwali's head, its circle's, posts there that see more than he, and one who also sits at headquarters' desk."""
    roles = [Role.DESK_HEAD, Role.OVERSIGHT, Role.DISTRICT_HEAD, Role.INQUIRY_OFFICER, Role.ADMINISTRATOR]
    made = [officer(f"kotwali-{role}".replace("_", "-"), role, cast.kotwali) for role in roles]
    double = officer("kotwali-and-desk", Role.SHO, cast.kotwali)
    also_holds(double, post_named(cast.operator))
    return [cast.sho, cast.co, *made, double]


def of_the_district(cast: SimpleNamespace) -> list[Officer]:
    """The district's head, its desk, a circle, and its desk's head who also sits at headquarters."""
    head = officer("peshawar-head", Role.DESK_HEAD, cast.desk_peshawar)
    double = officer("peshawar-and-desk", Role.DESK_OPERATOR, cast.desk_peshawar)
    also_holds(double, post_named(cast.desk_head))
    return [cast.sp, cast.operator_peshawar, head, cast.co, double]


def complain(cast: SimpleNamespace, citizen: Citizen, accused: Any, *, own: Case) -> list[Case]:
    """Two complaints by telephone to the district's own number: one is inquired into and linked with a case of the
    accused station, of one nobody knows more yet. What its writer says where that case stands waits beside it."""
    before = set(Case.objects.values_list("pk", flat=True))
    hears(cast, citizen.says(ACCUSATION["ur"]), at=NOW + 30 * MINUTE, to=PESHAWAR_NUMBER)
    hears(cast, Citizen().says(ACCUSATION["en"]), at=NOW + 31 * MINUTE, to=PESHAWAR_NUMBER)
    first, second = Case.objects.exclude(pk__in=before).order_by("id")
    at = NOW + 40 * MINUTE
    with acting(cast.operator) as by:
        journey.accuse(case=first, accused_unit=accused, by=by, now=at)
    with acting(cast.operator) as by:
        journey.reply(case=first, text="We look into it", by=by, now=at + MINUTE)
        journey.note(case=first, text="To Mardan", by=by, now=at + MINUTE)
        journey.order(
            case=first, post=post_named(cast.sp_mardan), part="lead", instruction="", by=by, now=at + MINUTE
        )
    order = first.orders.get()
    with acting(cast.sp_mardan), transaction.atomic():
        Report.objects.create(order=order, text="True", outcome="action_taken", officer=cast.sp_mardan, at=at)
    hears(cast, citizen.says("They came to my house"), at=NOW + 50 * MINUTE, to=PESHAWAR_NUMBER)
    with acting(cast.operator) as by:
        linking.link(case=first, other=own, reason="Told by the same person", by=by, now=at + MINUTE)
        presence.say(case=first, officer=cast.operator, doing="reply", now=LATER)
    _worked_on(cast, first, at=at + 2 * MINUTE)
    return [first, second, waits_beside(cast, citizen, at=NOW + 55 * MINUTE)]


def _worked_on(cast: SimpleNamespace, case: Case, *, at: datetime) -> None:
    """All that a desk and an inquiring unit do beside: given on, shared, drafted, handed over, asked to be closed."""
    with acting(cast.sp_mardan) as by:
        giving.give(order=case.orders.get(), officer=cast.inspector, by=by, now=at)
        handovers.give(post=post_named(cast.sp_mardan), note="Two matters", by=by, now=at)
    with acting(cast.desk_head) as by:
        assigning.assign(case=case, officer=cast.operator, by=by, now=at)
    with acting(cast.operator) as by:
        drafts.save(case=case, officer=cast.operator, kind="note", text="Ask the clerk", revision=0, now=at)
        flagging.set_investigation(case=case, under=True, by=by, now=at)
        closing.close_by_desk(case=case, outcome="withdrawn", remark="He takes it back", by=by, now=at)


def time_passes() -> None:
    """Limits are passed and told of, figures folded in, work shared out, as the worker does it."""
    late = NOW + timedelta(days=22)
    with players.as_role("rabta_worker"):
        sweep.sweep(now=late)
        interims.suggest(now=late)
        assigning.raise_alarms(now=late)
        vacancies.move_on(now=LATER)
        giving.take_back_from_those_gone(now=LATER)
        noticing.send(now=LATER)
        digests.send(now=EVENING)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rabta_fold_figures('Asia/Karachi', 1000)")


def ids_of(case: Case) -> dict[str, str]:
    """What the addresses of a case want."""
    order, message = case.orders.order_by("id").first(), case.messages.order_by("id").first()
    report = Report.objects.filter(order__case=case).first()
    delivery = Delivery.objects.filter(pk=message.delivery_id or 0).first()
    return {
        "case": case.public_id,
        "order": order.public_id if order else "none",
        "report": report.public_id if report else "none",
        "closing": "none",
        "message": message.public_id,
        "file": "none",
        "delivery": str(delivery.token) if delivery else "00000000-0000-4000-8000-000000000000",
        "quarantined": "0",
        "account": case.account.public_id,
        "credential": str(case.account.credential_id),
    }


def addresses(own: Case, hidden: list[Case]) -> list[tuple[str, str, frozenset[str]]]:
    """(method, path, permissions that open it): all pages, with the ids of one's own case and of the hidden ones, or of
    these in turn; acts on what is hidden only."""
    cases = [ids_of(case) for case in (own, *hidden)]
    found = {}
    for number, route in enumerate(table()):
        if route.route == "account/app/":
            continue
        for n, ids in enumerate(cases if route.object else cases[:1]):
            if n not in (0, measured(whole=n, part=1 + number % len(hidden))):
                continue
            for method in route.methods:
                if method == "GET" or (n and route.object):
                    found[method, route.path(ids)] = rights(route)
    words = [case.reference for case in hidden] + ["bribe", "رشوت", "house", "PRY"]
    for word in words:
        for path in (f"/desk/?q={word}", f"/desk/list/?q={word}", f"/api/v1/cases?reference={word}"):
            found["GET", path] = frozenset({"handle_cases", "see_cases"})
    for query in ("queue=open", "queue=waiting", "queue=unassigned", "queue=closed", "queue=greetings"):
        found["GET", f"/desk/?{query}"] = frozenset({"handle_cases"})
    return [(method, path, who) for (method, path), who in found.items()]


def rights(route: Route) -> frozenset[str]:
    return route.permissions or frozenset({"any"})


def all_answers(
    readers: Readers, wanted: list[tuple[str, str, frozenset[str]]]
) -> dict[tuple[str, str, str], tuple[int, bytes]]:
    answers = {}
    for who in readers.officers:
        scope = access.scope_of(who, on=TODAY)
        for method, path, permissions in wanted:
            if who is not readers.officers[-1] and (method == "POST" or path.startswith(OF_NO_CASE)):
                continue
            if "any" in permissions or any(scope.has(p) for p in permissions):
                answers[who.username, method, path] = readers.read(path, who, method)
    return answers


def news_for(readers: Readers) -> dict[str, str]:
    """What each open page would be told of all that happened."""
    hub = Hub()
    listeners = {}
    for who in readers.officers:
        scope = access.scope_of(who, on=TODAY)
        viewer = Viewer(
            session="s", officer=who.pk, units=scope.sees_as, shut_out_as=scope.shut_out_as, posts=scope.posts
        )
        listeners[who.username] = hub.add(viewer)
    with connection.cursor() as cursor:
        cursor.execute(NEWS)
        hub.publish(tailer.changes(cursor.fetchall()))
    return {name: listener.take() for name, listener in listeners.items()}


def told(readers: Readers) -> list[tuple[str, str]]:
    """What went to the officers' own telephones; a limit that was passed is written down anew, under another id."""
    phones = [who.phone for who in readers.officers if who.phone]
    letters = Delivery.objects.filter(number__in=phones).order_by("id").values_list("number", "text")
    return [(number, re.sub(r"/review/limit/[0-9a-z]{16}", "", text)) for number, text in letters]


def first_difference(one: tuple[int, bytes], other: tuple[int, bytes]) -> str:
    """Where two answers part."""
    at = next((n for n, (a, b) in enumerate(zip(one[1], other[1], strict=False)) if a != b), 0)
    return (
        f"{one[0]} {other[0]} {one[1][max(at - 60, 0) : at + 60]!r} {other[1][max(at - 60, 0) : at + 60]!r}"
    )


@pytest.mark.security
@pytest.mark.parametrize(("unit", "readers_of"), [("kotwali", of_the_station), ("peshawar", of_the_district)])
def test_the_accused_unit_reads_the_same_with_and_without_the_complaint(
    cast: SimpleNamespace, as_role: AsRole, unit: str, readers_of: Any, figure: Figure
) -> None:
    citizen = Citizen()
    own = theft(
        cast, citizen
    )  # the same person has an ordinary case at the accused station, over another account
    officers = readers_of(
        cast
    )  # the first is the accused himself, the last has another chair at headquarters
    between = officers[1:-1][: measured(whole=len(officers), part=0)]
    readers = Readers(as_role, [officers[0], *between, officers[-1]])
    cast.inspector = officer("inspector-mardan", Role.INQUIRY_OFFICER, cast.mardan)
    Digest.objects.bulk_create(Digest(officer=one) for one in readers.officers)
    directory.forget()
    with transaction.atomic():
        hidden = complain(cast, citizen, getattr(cast, unit), own=own)
        time_passes()
        assert {h for case in hidden for h in case.messages.all()}
        wanted = addresses(own, [Case.objects.get(pk=case.pk) for case in hidden])
        answers = all_answers(readers, wanted)
        news, phones = news_for(readers), told(readers)
        counts = [model.objects.count() for model in (Case, Message, Order, Quarantined)]
        transaction.set_rollback(True)
    directory.forget()
    assert [model.objects.count() for model in (Case, Message, Order, Quarantined)] != counts
    time_passes()
    without = all_answers(readers, wanted)
    different = [key for key, answer in answers.items() if answer != without[key]]
    figure(f"pages that tell {unit} of a complaint", f"{len(different)} of {len(answers)}", "0")
    assert not different, "\n".join(
        f"{key}: {first_difference(answers[key], without[key])}" for key in different[:20]
    )
    assert (news, phones) == (news_for(readers), told(readers))
    assert len(answers) > measured(whole=300, part=150)
    assert sum(status == 200 for status, _body in answers.values()) > measured(whole=100, part=50)


COUNTS_ALL = (
    "/desk/intake/",
    "/channels/",
    "/api/v1/ledger",
)  # count what came in, also what is kept from the reader


def inquire(cast: SimpleNamespace) -> Case:
    """A confidential inquiry by the desk's head and Mardan, with all that may happen in one."""
    citizen, at = Citizen(), NOW + 30 * MINUTE
    case = theft(cast, citizen)
    with acting(cast.desk_head) as by:
        journey.name_officers(case=case, officers=[cast.desk_head, cast.sp_mardan], by=by, now=at)
    with acting(cast.desk_head) as by:
        journey.reply(case=case, text="We look into it", by=by, now=at + MINUTE)
        journey.note(case=case, text="To Mardan", by=by, now=at + MINUTE)
        journey.order(
            case=case, post=post_named(cast.sp_mardan), part="support", instruction="", by=by, now=at + MINUTE
        )
    hears(cast, citizen.says("Somebody came to my house"), at=NOW + 50 * MINUTE)
    letter = case.messages.get(text="We look into it").delivery_id
    Delivery.objects.filter(pk=letter).update(state=Delivery.State.FAILED, trouble="number")
    return case


def stuck_letters(officer: Officer) -> tuple[int, int]:
    """Letters that wait, and that need a person, as the officer's pages count them."""
    with acting(officer):
        return letters_counted()


def letters_counted() -> tuple[int, int]:
    counted = health.outboxes(Account.objects.values_list("pk", flat=True)).values()
    return sum(one.waiting for one in counted), sum(one.stuck for one in counted)


@pytest.mark.security
def test_a_stuck_letter_of_a_confidential_inquiry_is_counted_for_those_named_only(
    cast: SimpleNamespace,
) -> None:
    officers = [cast.igp, cast.administrator, cast.oversight, cast.operator]
    before = [stuck_letters(one) for one in officers]
    inquire(cast)
    assert [stuck_letters(one) for one in officers] == before
    assert stuck_letters(cast.desk_head)[1] == stuck_letters(cast.sp_mardan)[1] == 1
    with acting(cast.desk_head):
        assert watching.stuck().count() == 1  # she reads it on the page of the intake, and sends it again
    with players.as_role("rabta_worker"), access.system("a sweep"):
        assert letters_counted()[1] == 1  # an account that does not send is an alarm, whatever it should send


@pytest.mark.security
def test_whoever_is_not_named_reads_the_same_with_and_without_the_confidential_inquiry(
    cast: SimpleNamespace, as_role: AsRole, figure: Figure
) -> None:
    own = theft(cast, Citizen())
    officers = [cast.igp, cast.operator, cast.sp, cast.sho, cast.co]
    readers = Readers(as_role, officers if measured(whole=1, part=0) else officers[:2])
    directory.forget()
    with transaction.atomic():
        hidden = inquire(cast)
        wanted = [one for one in addresses(own, [hidden]) if not one[1].startswith(COUNTS_ALL)]
        wanted += [("GET", f"/inquiries/?reference={hidden.reference}", frozenset({"see_cases"}))]
        answers, news = all_answers(readers, wanted), news_for(readers)
        assert Case.objects.count() == 2
        transaction.set_rollback(True)
    directory.forget()
    without = all_answers(readers, wanted)
    different = [key for key, answer in answers.items() if answer != without[key]]
    figure("pages that tell of a confidential inquiry", f"{len(different)} of {len(answers)}", "0")
    assert not different, "\n".join(
        f"{key}: {first_difference(answers[key], without[key])}" for key in different[:20]
    )
    assert news == news_for(readers)
    assert sum(status == 200 for status, _body in answers.values()) > 40
