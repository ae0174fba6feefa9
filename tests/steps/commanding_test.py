"""A commander's public post is an order; a stranger's is not, and nobody hears what is kept from him."""

from types import SimpleNamespace
from typing import Any

import pytest

from rabta import journey
from rabta.cases.models import Case, Message, Order
from rabta.cases.reasons import in_words
from rabta.cases.related import Link
from rabta.channels.models import Account
from rabta.force.models import OwnAccount, Role
from rabta.outbox.models import Delivery
from rabta.replying import in_public
from tests.cast import HOUR, MINUTE, NOW, acting, post_named
from tests.steps import posts
from tests.steps.stage import happened, lead, phones_told

PLAIN = "@KPPolice A boy has snatched my phone near Kotwali"
VAGUE = "@KPPolice somebody has stolen my phone"
LATER = NOW + HOUR


@pytest.fixture
def x(cast: SimpleNamespace) -> SimpleNamespace:
    posts.add_x(cast)
    posts.owns(cast.sp, posts.SP)
    posts.owns(cast.co, posts.CO)
    posts.owns(cast.sho, posts.SHO)
    return cast


def told(handle: str) -> list[str]:
    return list(Delivery.objects.filter(number=handle).values_list("text", flat=True))


@pytest.mark.parametrize("kind", ["retweeted", "quoted", "replied_to"])
def test_the_unit_that_leads_is_ordered_with_the_commanders_words(x: SimpleNamespace, kind: str) -> None:
    first = posts.post(PLAIN)
    posts.hears(x, first)
    case, before = Case.objects.get(), lead(Case.objects.get())
    posts.hears(x, posts.about(kind, first, "Arrest him today and report to me"), at=LATER)
    order = lead(case)
    assert order == before and order.unit == x.kotwali, "the rule's order is the commander's from now on"
    assert (order.issued_by, order.issued_by_post) == (x.sp, post_named(x.sp))
    assert order.instruction == ("" if kind == "retweeted" else "Arrest him today and report to me")
    assert in_words(order.why).startswith("Ordered by")
    assert "commanded" in happened(case)
    note = Message.objects.get(case=case, direction="note")
    assert note.public and note.author == x.sp and note.link
    assert order.public_id in phones_told()[x.sho.phone]
    assert Case.objects.count() == 1 and not told(posts.SP)


def test_the_case_is_opened_if_there_is_none_and_the_post_itself_is_known_when_it_comes(
    x: SimpleNamespace,
) -> None:
    first = posts.post("A boy has snatched my phone near Kotwali")
    posts.hears(x, posts.about("quoted", first, "SHO Kotwali: act"))
    case = Case.objects.get()
    assert lead(case).issued_by == x.sp and lead(case).instruction == "SHO Kotwali: act"
    opening = Message.objects.get(case=case, direction="in")
    assert opening.text == first["text"] and opening.public
    posts.hears(x, first, at=LATER)
    assert Case.objects.count() == 1 and Message.objects.filter(direction="in").count() == 1


@pytest.mark.parametrize("mentions", [False, True])
def test_nothing_is_written_under_a_post_that_is_not_to_us(x: SimpleNamespace, mentions: bool) -> None:
    first = posts.post("A boy has snatched my phone near Kotwali" + " @kppolice" * mentions)
    posts.hears(x, posts.about("quoted", first, "SHO Kotwali: act"))
    case = Case.objects.get()
    assert Delivery.objects.filter(public=True).count() == mentions
    receipt = Message.objects.get(case=case, direction="out", public=False)
    assert case.reference in receipt.text, "what is to be said goes the private way"
    assert bool(in_public.post_to_answer(case)) == mentions, "nor is the desk offered to"


@pytest.mark.parametrize(
    "words", ["Gulbahar to act", "@SHO گلبہار دیکھیں", "गुलबहार तुरंत देखे", "@gulbaharps now"]
)
def test_naming_another_unit_in_any_script_orders_that_one(x: SimpleNamespace, words: str) -> None:
    OwnAccount.objects.create(
        scheme="x", handle="5", name="@GulbaharPS", post=post_named(x.sho_gulbahar), added_at=NOW
    )
    first = posts.post(PLAIN)
    posts.hears(x, first)
    posts.hears(x, posts.about("quoted", first, words), at=LATER)
    assert lead(Case.objects.get()).unit == x.gulbahar


def waits(case: Case) -> str:
    case.refresh_from_db()
    return str(case.waiting_why.get("code", ""))


def test_what_is_not_clear_is_asked_by_the_desk_and_the_commander_is_told(x: SimpleNamespace) -> None:
    first = posts.post(VAGUE)
    posts.hears(x, first)
    case = Case.objects.get()
    posts.hears(x, posts.about("retweeted", first), at=LATER)
    assert not case.orders.exists() and waits(case) == "command_nobody"
    posts.hears(x, posts.about("quoted", first, "Kotwali and Gulbahar, both of you"), at=LATER + MINUTE)
    assert not case.orders.exists() and waits(case) == "command_several"
    assert happened(case).count("command_refused") == 2
    assert len(told(posts.SP)) == 2 and len(set(told(posts.SP))) == 1
    posts.hears(x, posts.about("quoted", first, "Kotwali then"), at=LATER + 2 * MINUTE)
    assert lead(case).unit == x.kotwali and waits(case) == ""


def test_nobody_orders_beyond_the_own_command(x: SimpleNamespace) -> None:
    first = posts.post("@KPPolice motorcycle stolen near Rustam last night")
    posts.hears(x, first)
    case = Case.objects.get()
    posts.hears(x, posts.about("quoted", first, "Act at once"), at=LATER)
    assert lead(case).issued_by is None, "the order of the rule stands"
    assert "command_refused" in happened(case) and told(posts.SP)


@pytest.mark.parametrize("who", [posts.STRANGER, posts.SHO])
def test_who_does_not_command_orders_nothing(x: SimpleNamespace, who: str) -> None:
    posts.NAMES[posts.STRANGER] = posts.NAMES[posts.SP]  # the very name of the SP
    first = posts.post(PLAIN)
    posts.hears(x, first)
    case = Case.objects.get()
    posts.hears(x, posts.about("quoted", first, "@KPPolice Kotwali arrest him today", by=who), at=LATER)
    posts.hears(x, posts.about("retweeted", first, by=who), at=LATER)
    assert lead(case).issued_by is None
    assert not Order.objects.exclude(issued_by=None).exists() and not told(who)


def test_an_account_that_has_ended_orders_nothing(x: SimpleNamespace) -> None:
    OwnAccount.objects.filter(handle=posts.SP).update(ended_at=NOW)
    first = posts.post(PLAIN)
    posts.hears(x, first)
    posts.hears(x, posts.about("retweeted", first), at=LATER)
    assert lead(Case.objects.get()).issued_by is None


def test_an_accusation_is_not_ordered_to_the_accused_and_the_answer_is_the_same(x: SimpleNamespace) -> None:
    first = posts.post("@KPPolice SHO of Kotwali asked me for a bribe")
    posts.hears(x, first)
    case = Case.objects.get()
    posts.hears(x, posts.about("quoted", first, "Kotwali to report"), at=LATER)
    assert not case.orders.exists() and case.withheld == "accusation"
    with acting(x.igp) as scope:
        journey.accuse(case=case, accused_unit=x.kotwali, by=scope, now=LATER)
    posts.owns(x.igp, posts.IGP)
    posts.hears(x, posts.about("quoted", first, "Kotwali to report", by=posts.IGP), at=LATER + MINUTE)
    assert not case.orders.exists()
    posts.hears(x, posts.about("quoted", first, "Mardan to inquire", by=posts.IGP), at=LATER + 2 * MINUTE)
    assert lead(case).unit == x.mardan, "the chief may order whoever is not accused"
    vague = posts.post(VAGUE, by=posts.ASAD)
    posts.hears(x, vague, at=LATER)
    posts.hears(x, posts.about("retweeted", vague), at=LATER + MINUTE)
    assert len(set(told(posts.SP))) == 1 and len(told(posts.SP)) == 2


def official(x: SimpleNamespace, holder: Any) -> None:
    Account.objects.filter(pk=x.x.pk).update(holder=post_named(holder))


def test_the_official_account_of_a_commander_orders_and_opens_no_case(x: SimpleNamespace) -> None:
    first = posts.post(PLAIN)
    posts.hears(x, first)
    posts.hears(x, posts.about("quoted", first, "For action", by=posts.HQ), at=LATER)
    assert lead(Case.objects.get()).issued_by is None, "nobody holds the account"
    official(x, x.igp)
    posts.hears(x, posts.about("quoted", first, "For action", by=posts.HQ), at=LATER + MINUTE)
    assert lead(Case.objects.get()).issued_by == x.igp
    ours = posts.post("Official version: the road is open", by=posts.HQ)
    posts.hears(x, posts.about("retweeted", ours), at=LATER)
    assert Case.objects.count() == 1, "the force's own posts are no citizen's matter"


def test_the_official_account_of_a_desk_orders_nothing(x: SimpleNamespace) -> None:
    official(x, x.desk_head)
    assert post_named(x.desk_head).role == Role.DESK_HEAD
    first = posts.post(PLAIN)
    posts.hears(x, first)
    posts.hears(x, posts.about("quoted", first, "Look here", by=posts.HQ), at=LATER)
    assert lead(Case.objects.get()).issued_by is None


def test_each_post_that_stands_alone_has_a_case_and_an_order_of_its_own(x: SimpleNamespace) -> None:
    theft = posts.post(PLAIN)
    burglary = posts.post("@KPPolice Burglary last night, a house in Gulbahar was broken into")
    piece = posts.post("@KPPolice please do something")
    for n, one in enumerate((theft, burglary, piece)):
        posts.hears(x, one, at=NOW + n * MINUTE)
    assert Case.objects.count() == 1, "by itself what a person goes on writing is one talk"
    for n, one in enumerate((burglary, piece)):
        posts.hears(x, posts.about("quoted", one, f"Act, number {n}"), at=LATER + n * MINUTE)
    first, second, third = Case.objects.order_by("id")
    assert first.orders.filter(issued_by=None, state="issued").exists(), "the order of the rule stands"
    assert not first.orders.exclude(issued_by=None).exists()
    assert (lead(second).instruction, lead(second).unit) == ("Act, number 0", x.gulbahar)
    assert second.subject.startswith("Burglary last night")
    assert (lead(third).instruction, lead(third).unit) == ("Act, number 1", x.kotwali), (
        "what says nothing by itself is of the matter that it had joined"
    )
    assert {(link.one, link.other) for link in Link.objects.all()} == {(first, second), (first, third)}
    assert "split" in happened(first) and "opened" in happened(second)
    posts.hears(x, posts.about("quoted", burglary, "Kotwali too"), at=LATER + HOUR)
    assert Case.objects.count() == 3, "it is split out once"
    assert lead(second).unit == x.kotwali and lead(third).instruction == "Act, number 1"


def test_a_post_that_is_not_known_yet_does_not_land_on_another_matter_of_its_author(
    x: SimpleNamespace,
) -> None:
    posts.hears(x, posts.post(PLAIN))
    others = [posts.post("Burglary in Gulbahar last night"), posts.post("An open manhole in Kotwali bazaar")]
    for n, one in enumerate(others):
        posts.hears(x, posts.about("quoted", one, f"Act, number {n}"), at=LATER + n * MINUTE)
    theft, burglary, manhole = Case.objects.order_by("id")
    assert lead(theft).issued_by is None
    assert [lead(case).instruction for case in (burglary, manhole)] == ["Act, number 0", "Act, number 1"]


def test_a_reply_in_the_same_thread_stays_with_its_matter(x: SimpleNamespace) -> None:
    first = posts.post(PLAIN)
    posts.hears(x, first)
    reply = posts.about("replied_to", first, "He is still standing there", by=posts.MARIAM)
    posts.hears(x, reply, at=NOW + MINUTE)
    posts.hears(x, posts.about("quoted", reply, "Go there now"), at=LATER)
    assert lead(Case.objects.get()).instruction == "Go there now"


def test_replies_go_with_the_post_that_they_answer(x: SimpleNamespace) -> None:
    posts.hears(x, posts.post(PLAIN))
    other = posts.post("@KPPolice Burglary in Gulbahar last night")
    posts.hears(x, other, at=NOW + MINUTE)
    reply = posts.about("replied_to", other, "They came by the roof", by=posts.MARIAM)
    posts.hears(x, reply, at=NOW + 2 * MINUTE)
    posts.hears(x, posts.about("retweeted", other), at=LATER)
    theft, burglary = Case.objects.order_by("id")
    assert burglary.messages.filter(direction="in").count() == 2
    assert theft.messages.filter(direction="in").count() == 1
    assert lead(burglary).unit == x.gulbahar


def test_a_post_within_what_is_kept_from_the_commander_is_not_taken_out(x: SimpleNamespace) -> None:
    posts.hears(x, posts.post("@KPPolice SHO of Kotwali asked me for a bribe"))
    other = posts.post("@KPPolice SHO of Kotwali asked me for more money")
    posts.hears(x, other, at=NOW + MINUTE)
    posts.hears(x, posts.about("quoted", other, "Kotwali to report"), at=LATER)
    case = Case.objects.get()
    assert not case.orders.exists() and told(posts.SP)
