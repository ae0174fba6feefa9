"""Whose post a commander holds up is told the number of its case, writes on there, and reads why the two are linked."""

from types import SimpleNamespace

from django.utils import translation

from rabta.cases.models import Case, Message
from rabta.cases.related import Link
from tests.cast import MINUTE, NOW
from tests.steps import commanding_test, posts
from tests.steps.commanding_test import LATER, PLAIN
from tests.steps.stage import told

x = commanding_test.x


def held_up(x: SimpleNamespace) -> tuple[Case, Case]:
    """A theft, and a burglary by the same person that the SP took out of its case."""
    burglary = posts.post("@KPPolice Burglary last night, a house in Gulbahar was broken into")
    posts.hears(x, posts.post(PLAIN))
    posts.hears(x, burglary, at=NOW + MINUTE)
    posts.hears(x, posts.about("quoted", burglary, "Act"), at=LATER)
    first, own = Case.objects.order_by("id")
    return first, own


def test_the_writer_is_told_the_number_of_the_new_case_in_private(x: SimpleNamespace) -> None:
    _first, own = held_up(x)
    (receipt,) = told(own)
    letter = Message.objects.get(case=own, direction="out")
    assert own.reference in receipt and not letter.public and letter.delivery


def test_a_second_order_on_it_tells_nothing_again(x: SimpleNamespace) -> None:
    burglary = posts.post("@KPPolice Burglary last night, a house in Gulbahar was broken into")
    posts.hears(x, posts.post(PLAIN), burglary)
    for n in range(2):
        posts.hears(x, posts.about("quoted", burglary, f"Act {n}"), at=LATER + n * MINUTE)
    assert len(told(Case.objects.latest("id"))) == 1


def test_what_is_written_next_joins_the_case_of_the_last_word(x: SimpleNamespace) -> None:
    first, own = held_up(x)
    posts.hears(x, posts.private("They took the gold of my mother"), at=LATER + MINUTE)
    assert Message.objects.get(text="They took the gold of my mother").case == own
    first.refresh_from_db()
    assert first.last_in_at == NOW


def test_both_at_one_moment_the_newer_case_has_the_last_word(x: SimpleNamespace) -> None:
    burglary = posts.post("@KPPolice Burglary last night, a house in Gulbahar was broken into")
    posts.hears(x, posts.post(PLAIN), burglary)
    posts.hears(x, posts.about("quoted", burglary, "Act"), at=LATER)
    posts.hears(x, posts.private("They took the gold of my mother"), at=LATER + MINUTE)
    assert Message.objects.get(text="They took the gold of my mother").case == Case.objects.latest("id")


def test_why_they_are_linked_is_a_code(x: SimpleNamespace) -> None:
    held_up(x)
    link = Link.objects.get()
    assert (link.why, link.reason) == ({"code": "held_up"}, "")
    with translation.override("en"):
        assert link.in_words.startswith("Both by the same person.")
    assert Link(reason="One gang").in_words == "One gang"


def test_no_link_leads_to_a_matter_in_which_the_writer_is_hidden(x: SimpleNamespace) -> None:
    burglary = posts.post("@KPPolice Burglary last night, a house in Gulbahar was broken into")
    posts.hears(x, posts.post(PLAIN))
    posts.hears(x, burglary, at=NOW + MINUTE)
    Case.objects.update(author_alias="QWERT")
    posts.hears(x, posts.about("quoted", burglary, "Act"), at=LATER)
    assert Case.objects.count() == 2 and not Link.objects.exists()
