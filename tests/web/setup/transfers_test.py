"""An officer takes another post: what it means is shown, saved as postings, and the two hand the work over."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from rabta.audit.models import Record
from rabta.cases.models import Order
from rabta.force.models import Handover, Officer, Post, Posting, Role
from rabta.journey.posts import handovers
from rabta.web.models import Proposal
from tests.web import small_force
from tests.web.small_force import post_of

pytestmark = pytest.mark.django_db
PAGE = "/setup/transfers/"
TODAY = timezone.localdate


@pytest.fixture
def force() -> SimpleNamespace:
    made = small_force.make()
    office = small_force.unit("OFFICE", made.hq, level="desk")
    made.admin = small_force.officer("admin", Role.ADMINISTRATOR, office)
    made.fresh = Officer.objects.create(username="gul-rang", name="Gul Rang", password="!")
    return made


def signed_in(officer: Officer) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(officer)
    session = client.session
    at = timezone.now().timestamp()
    session["account_authentication_methods"] = [{"method": "password", "at": at}]
    session["account_authentication_methods_user"] = str(officer.pk)
    session.save()
    return client


def form(officer: Officer, kind: str, post: Post | None = None, **more: str) -> dict[str, str]:
    code = post.code if post else ""
    facts = {"officer": officer.username, "kind": kind, "post": code, "starts": str(TODAY())}
    return facts | {"order_number": "OB/1"} | more


def holders(post: Post, *, days: int = 0) -> set[str]:
    on = TODAY() + timedelta(days=days)
    rows = Posting.objects.filter(post=post, starts__lte=on).exclude(ends__lt=on)
    return set(rows.values_list("officer__username", flat=True))


def test_a_transfer_is_looked_at_first_and_then_saved(force: SimpleNamespace) -> None:
    admin, old, new = signed_in(force.admin), post_of(force.sho_north), post_of(force.sho_south)
    given = form(force.sho_north, "regular", new)
    page = admin.post(PAGE, given).content.decode()
    assert "What it means" in page and f"Nobody holds <strong>{old}</strong> then" in page
    assert holders(old) == {force.sho_north.username}, "looking changes nothing"
    assert admin.post(PAGE, given | {"save": "1"}).status_code == 302
    assert holders(old) == set()
    assert holders(new) == {force.sho_north.username, force.sho_south.username}
    assert Posting.objects.get(officer=force.sho_north, post=new).order_number == "OB/1"
    assert Record.objects.filter(act="posting_changed").exists()


def test_leave_cover_begins_and_ends_by_itself(force: SimpleNamespace) -> None:
    post = post_of(force.sho_north)
    days = {"starts": str(TODAY() + timedelta(days=2)), "until": str(TODAY() + timedelta(days=9))}
    given = form(force.fresh, "leave_cover", post, **days)
    assert signed_in(force.admin).post(PAGE, given | {"save": "1"}).status_code == 302
    who = [force.sho_north.username in holders(post, days=n) for n in (0, 5, 10)]
    assert who == [True, True, True]
    assert [force.fresh.username in holders(post, days=n) for n in (0, 5, 9, 10)] == [
        False,
        True,
        True,
        False,
    ]


def test_who_leaves_holds_nothing_any_more_whatever_it_was(force: SimpleNamespace) -> None:
    admin, south, north = signed_in(force.admin), post_of(force.sho_south), post_of(force.sho_north)
    until = str(TODAY() + timedelta(days=20))
    admin.post(PAGE, form(force.sho_north, "leave_cover", south, until=until) | {"save": "1"})
    gone = form(force.sho_north, "leaves", starts=str(TODAY() + timedelta(days=1)))
    assert admin.post(PAGE, gone | {"save": "1"}).status_code == 302
    assert force.sho_north.username in holders(south)
    assert force.sho_north.username not in holders(south, days=1) | holders(north, days=1)


def test_a_post_with_wide_rights_waits_for_a_second_administrator(force: SimpleNamespace) -> None:
    second = small_force.officer("second", Role.ADMINISTRATOR, force.admin.postings.get().post.unit)
    Officer.objects.filter(pk=second.pk).update(password=make_password("a b c d e f"))
    chief = small_force.officer("chief", Role.CHIEF, force.hq)
    given = form(force.fresh, "officiating", post_of(chief)) | {"save": "1"}
    assert signed_in(force.admin).post(PAGE, given).headers["Location"] == "/setup/waiting/"
    waiting = Proposal.objects.get()
    assert waiting.act == "tables" and second.pk not in waiting.about
    assert force.fresh.username not in holders(post_of(chief))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"officer": "nobody"}, "There is no officer with this user name."),
        ({"post": "NO-SUCH"}, "There is no post with this code."),
        ({"post": ""}, "Say which post."),
        ({"starts": "31.01.2026"}, "Enter a valid date."),
        ({"kind": "leave_cover"}, "Leave cover says until when."),
        ({"kind": "leave_cover", "until": "2020-01-01"}, "The last day comes before the first."),
        ({"kind": "promoted"}, "Select a valid choice"),
    ],
)
def test_a_mistake_is_said_beside_its_field(
    force: SimpleNamespace, change: dict[str, str], said: str
) -> None:
    given = form(force.fresh, "regular", post_of(force.sho_north)) | change
    answer = signed_in(force.admin).post(PAGE, given)
    assert answer.status_code == 400 and said in answer.content.decode()


def test_nobody_takes_a_post_that_he_holds(force: SimpleNamespace) -> None:
    given = form(force.sho_north, "additional_charge", post_of(force.sho_north))
    assert "holds this post on that day already" in signed_in(force.admin).post(PAGE, given).content.decode()


def test_a_post_is_handed_over_in_words_and_taken_by_name(force: SimpleNamespace) -> None:
    case = small_force.case(desk=force.hq, seen_by=[force.hq, force.north], account=force.account)
    order = small_force.order(case, force.sho_north)
    post = post_of(force.sho_north)
    Posting.objects.create(officer=force.fresh, post=post, starts=TODAY())
    goes, comes = signed_in(force.sho_north), signed_in(force.fresh)
    acts = f"/officer/handover/{post.public_id}/"
    assert case.reference in goes.get("/officer/handover/").content.decode()
    goes.post(f"{acts}give/", {"note": "The witness comes on Friday."})
    assert "another officer takes it" in goes.post(f"{acts}take/", follow=True).content.decode()
    page = comes.get("/officer/handover/").content.decode()
    assert "The witness comes on Friday." in page and "1 orders" in page
    assert "You have taken over" in comes.post(f"{acts}take/", follow=True).content.decode()
    kept = Handover.objects.get()
    assert (kept.given_by, kept.taken_by, kept.open_orders) == (force.sho_north, force.fresh, 1)
    assert Record.objects.filter(act__in=["post_given", "post_taken"]).count() == 2
    assert Order.objects.get(pk=order.pk).post == post, "work stays with the post"


def test_a_post_that_nobody_handed_over_is_taken_all_the_same_and_only_by_its_holder(
    force: SimpleNamespace,
) -> None:
    post = post_of(force.sho_north)
    assert signed_in(force.fresh).post(f"/officer/handover/{post.public_id}/take/").status_code == 404
    signed_in(force.sho_north).post(f"/officer/handover/{post.public_id}/take/")
    kept = Handover.objects.get()
    assert (kept.given_by, kept.taken_by) == (None, force.sho_north)


def test_who_is_new_or_leaves_soon_is_reminded_until_it_is_done(force: SimpleNamespace) -> None:
    post, today = post_of(force.sho_north), TODAY()
    Posting.objects.create(officer=force.fresh, post=post, starts=today)
    Posting.objects.filter(officer=force.sho_north).update(
        starts=today - timedelta(days=300), ends=today + timedelta(days=3)
    )
    assert [handovers.to_do(one, on=today) != [] for one in (force.fresh, force.sho_north)] == [True, True]
    assert "hand over or take over" in signed_in(force.fresh).get("/officer/").content.decode()
    acts = f"/officer/handover/{post.public_id}/"
    signed_in(force.sho_north).post(f"{acts}give/", {"note": ""})
    assert [handovers.to_do(one, on=today) != [] for one in (force.fresh, force.sho_north)] == [True, False]
    signed_in(force.fresh).post(f"{acts}take/")
    assert handovers.to_do(force.fresh, on=today) == handovers.to_do(force.sho_north, on=today) == []
