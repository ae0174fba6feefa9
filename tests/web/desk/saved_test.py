"""Lists kept under a name, filters, and notices: each officer's own, shared ones for the desk."""

from datetime import datetime, time, timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from rabta.channels.models import Account, Credential
from rabta.desk import notices
from rabta.desk.models import Notice, View, Wish
from rabta.force.models import Role
from rabta.journey.timing import noticing
from rabta.outbox.models import Delivery
from tests.web import small_force
from tests.web.desk import stage
from tests.web.desk.stage import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def force():
    force = stage.make()
    force.second = small_force.officer("second-operator", Role.DESK_OPERATOR, force.desk)
    return force


@pytest.fixture
def desk(force):
    return Browser(force.operator)


def listed(browser, **where):
    return browser.get(f"/desk/list/?{urlencode({'queue': 'open', **where})}").body.decode()


def test_filters_narrow_queues_and_searches(force, desk):
    theft = stage.case(force, category="theft", subject="Goat")
    old = stage.case(force, category="theft", subject="Goat", opened_at=timezone.now() - timedelta(days=9))
    query = stage.case(force, category="query", subject="Goat", assigned_to=force.second)
    today = f"{timezone.localdate():%Y-%m-%d}"
    wanted = [
        ({"category": "theft"}, {theft, old}),
        ({"category": "theft", "from": today}, {theft}),
        ({"to": f"{timezone.localdate() - timedelta(days=2):%Y-%m-%d}"}, {old}),
        ({"officer": force.second.public_id, "q": "goat"}, {query}),
        ({"state": "new", "from": "nonsense", "category": ""}, {theft, old, query}),
    ]
    for where, cases in wanted:
        page = listed(desk, **where)
        assert {case for case in (theft, old, query) if case.public_id in page} == cases, where


def test_a_unit_counts_with_all_below_it_and_an_officer_with_what_he_leads(force, desk):
    here, there = (stage.case(force, lead_unit=unit) for unit in (force.kotwali, force.gulbahar))
    small_force.order(here, force.sho)
    gone = small_force.order(there, force.sho)
    type(gone).objects.filter(pk=gone.pk).update(state="replaced")
    by_desk = stage.case(force, assigned_to=force.second)
    named = small_force.order(there, force.sho_gulbahar)
    type(named).objects.filter(pk=named.pk).update(given_to=force.second, given_at=timezone.now())
    wanted = [
        ({"unit": force.circle.public_id}, {here, there}),
        ({"unit": force.hq.public_id}, {here, there}),
        ({"unit": force.kotwali.public_id}, {here}),
        ({"unit": "0" * 16}, set()),
        ({"officer": force.sho.public_id}, {here}),
        ({"officer": force.second.public_id}, {by_desk, there}),
        ({"officer": "0" * 16}, set()),
    ]
    for where, cases in wanted:
        page = listed(desk, **where)
        assert {case for case in (here, there, by_desk) if case.public_id in page} == cases, where
    panel = desk.get(f"/desk/filters/?queue=open&officer={force.sho.public_id}").body.decode()
    assert f'<option value="{force.sho.public_id}" selected>' in panel and "Ordered to lead" in panel


def test_a_list_is_kept_counted_and_shared_with_the_desk(force, desk):
    for n in range(3):
        stage.case(force, category="theft" if n else "query")
    assert "Every category" in desk.get("/desk/filters/?queue=open").body.decode()
    desk.post("/desk/saved/?queue=open&category=theft", {"name": "Thefts", "shared": "yes"})
    desk.post("/desk/saved/?queue=open&q=nothing", {"name": "My own"})
    desk.post("/desk/saved/?queue=open", {"name": " "})
    mine, others = (Browser(one).get("/desk/queues/").body.decode() for one in (force.operator, force.second))
    assert "Thefts" in mine and "My own" in mine and '<span class="count">2</span>' in mine
    assert "Thefts" in others and "My own" not in others
    shared = View.objects.get(name="Thefts")
    Browser(force.second).post("/desk/saved/", {"forget": shared.public_id})
    assert View.objects.count() == 2  # not his
    Browser(force.desk_head).post("/desk/saved/", {"forget": shared.public_id})
    assert [view.name for view in View.objects.all()] == ["My own"]


def test_notices_are_kept_for_each_officer_and_marked_read(force, desk):
    case, hidden, now = stage.case(force), stage.case(force, visible_to=[force.circle.pk]), timezone.now()
    for n, about in enumerate((case, hidden)):
        for _ in range(2):
            notices.tell([force.operator.pk], "assigned", key=f"k{n}", case=about, now=now)
    page = desk.get("/notices/").body.decode()
    assert case.reference in page and hidden.reference not in page
    assert "Notices" in desk.get("/desk/queues/").body.decode()
    desk.post("/notices/change/", {"read": str(Notice.objects.get(case=case).pk)})
    assert Notice.objects.filter(read_at=None).count() == 1
    assert case.reference not in Browser(force.second).get("/notices/").body.decode()


@pytest.mark.parametrize(
    ("hour", "begins", "ends", "quiet"),
    [(23, 22, 6, True), (5, 22, 6, True), (12, 22, 6, False), (13, 12, 14, True), (14, 12, 14, False)],
)
def test_quiet_hours_may_go_over_midnight(hour, begins, ends, quiet):
    assert notices.is_quiet(time(begins), time(ends), at=time(hour)) is quiet


def test_the_telephone_gets_what_was_chosen_outside_quiet_hours_and_what_is_urgent_always(force, desk):
    case = stage.case(force, subject="A secret matter")
    noon = timezone.make_aware(datetime.combine(timezone.localdate(), time(12)))
    for officer in (force.operator, force.second):
        officer.phone = f"+92300111{officer.pk:04}"
        officer.save()
    facts = {"by_phone": "assigned", "way": "nearest", "quiet_from": "11:00", "quiet_until": "13:00"}
    assert desk.post("/notices/change/", facts).status_code == 302
    assert desk.post("/notices/change/", {"quiet_from": "11:00"}).status_code == 400
    assert Wish.objects.get().by_phone == ["assigned"]
    both = [force.operator.pk, force.second.pk]
    notices.tell(both, "assigned", key="a", case=case, now=noon)
    assert noticing.send(now=noon) == 0
    assert noticing.send(now=noon + timedelta(hours=2)) == 1
    notices.tell(both, "unassigned", key="b", urgent=True, now=noon)
    assert noticing.send(now=noon) == 2
    assert noticing.send(now=noon) == 0
    texts = list(Delivery.objects.values_list("text", flat=True))
    assert len(texts) == 3
    assert not any("secret" in text or case.reference in text for text in texts)


def test_a_list_that_is_kept_again_under_its_name_takes_the_place_of_the_first(force, desk):
    for category in ("query", "theft"):
        desk.post(f"/desk/saved/?queue=open&category={category}", {"name": "Mine"})
    view = View.objects.get()
    assert (view.name, view.query["category"]) == ("Mine", "theft")
    for n in range(7):
        desk.post("/desk/saved/?queue=open", {"name": f"List {n}"})
    desk.post("/desk/saved/?queue=open&category=query", {"name": "Mine"})
    view.refresh_from_db()
    assert (view.query["category"], View.objects.count()) == ("query", 8)


@pytest.mark.parametrize(
    ("way", "there", "over"),
    [
        ("sms", True, "sms"),
        ("whatsapp", True, "whatsapp"),
        ("nearest", True, "whatsapp"),
        ("sms", False, "whatsapp"),
    ],
)
def test_a_notice_goes_the_way_that_the_officer_chose_and_any_way_rather_than_none(
    force, desk, way, there, over
):
    if there:
        login = Credential.objects.create(channel="sms", name="SMS", sealed_values=b"")
        Account.objects.create(channel="sms", credential=login, unit=force.hq, name="SMS", external_id="8800")
    force.operator.phone = "+923001112229"
    force.operator.save()
    assert desk.post("/notices/change/", {"by_phone": "assigned", "way": way}).status_code == 302
    assert f'value="{way}" selected' in desk.get("/notices/").body.decode()
    notices.tell([force.operator.pk], "assigned", key="a", now=timezone.now())
    assert noticing.send(now=timezone.now()) == 1
    assert Delivery.objects.get().account.channel == over
    assert desk.post("/notices/change/", {"way": "pigeon"}).status_code == 400
