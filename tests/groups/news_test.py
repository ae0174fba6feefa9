"""News of my district: the citizen's own message puts him on the list, STOP takes him off; the page names the way."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.test import Client

from rabta.cases.models import Case
from rabta.force import access
from rabta.groups import news
from rabta.groups.models import Group, Member, Membership
from rabta.journey.groups.members import vetting
from rabta.outbox.models import Delivery
from tests.cast import NOW, PESHAWAR_NUMBER, Citizen, as_role, hears
from tests.groups import stage


@pytest.fixture
def lists(cast: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The cast with a list in each of the two districts."""
    with access.system("test"):
        cast.lists = {
            unit.code: stage.opened(unit, Group.Kind.CITIZENS, head)
            for unit, head in ((cast.peshawar, cast.sp), (cast.mardan, cast.sp_mardan))
        }
        yield cast


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("NEWS", ""), ("News Peshawar", "peshawar"), ("خبریں", ""), ("समाचार mardan", "mardan"), ("khabrein", ""),
        ("News of my stolen motorcycle please tell me what is done", None), ("my news", None), ("", None),
        ("The news is that my shop burns", None), ("STOP", None),
    ],
)  # fmt: skip
def test_what_asks_for_news(text: str, named: str | None) -> None:
    assert news.wish(text) == named


@pytest.mark.parametrize(
    ("text", "to", "unit"),
    [
        ("NEWS Mardan", {}, "mardan"),
        ("خبریں", {"to": PESHAWAR_NUMBER}, "peshawar"),
        ("news of my bicycle", {}, None),
        ("NEWS robbery", {}, None),
        ("news help me", {}, None),
    ],
)
def test_the_citizen_s_own_message_puts_him_on_the_list(
    lists: SimpleNamespace, text: str, to: dict[str, str], unit: str | None
) -> None:
    hears(lists, Citizen(**to).says(text), **to)
    found = list(Membership.objects.values_list("group", flat=True))
    assert found == ([lists.lists[unit].pk] if unit else [])
    assert Case.objects.exists() is (unit is None), "what is no such wish is a matter of the desk"
    if unit:
        member = Member.objects.get()
        assert (member.kind, member.opted_in_by, member.state) == ("citizen", "message", "active")
        vetting.tell(member.decisions.get().pk, "decided", now=NOW)
        welcome = Delivery.objects.filter(address=member.address).latest("pk").text
        assert "STOP" in welcome and "authority" not in welcome and "اختیار" not in welcome


@pytest.mark.parametrize("text", ["NEWS", "NEWS Lahore", "خبریں", "خبریں لاہور", "समाचार"])
def test_who_names_no_district_that_has_a_list_is_told_which_there_are(
    lists: SimpleNamespace, text: str
) -> None:
    lists.mardan.name_ur = "ضلع مردان"
    lists.mardan.save()
    for _again in range(2):
        hears(lists, Citizen().says(text))
    assert not Case.objects.exists() and not Membership.objects.exists()
    letter = Delivery.objects.latest("pk").text
    assert "/news/" in letter and ("ضلع مردان" if "خبریں" in text else "Mardan") in letter
    assert Delivery.objects.count() == 2


def test_without_any_list_it_is_a_message_to_the_desk(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says("NEWS"))
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    "text", ["stop please", "Please stop", "STOP sir.", "بند کریں", "बंद करें", "band karo please"]
)
def test_stop_may_be_said_politely(lists: SimpleNamespace, text: str) -> None:
    citizen = Citizen()
    hears(lists, citizen.says("NEWS mardan"))
    hears(lists, citizen.says(text))
    assert not Membership.objects.filter(ended_at=None).exists() and not Case.objects.exists()


@pytest.mark.parametrize("text", ["please stop him", "stop them please", "help please"])
def test_a_cry_with_a_polite_word_is_no_stop(lists: SimpleNamespace, text: str) -> None:
    citizen = Citizen()
    hears(lists, citizen.says("NEWS mardan"))
    hears(lists, citizen.says(text))
    assert Membership.objects.filter(ended_at=None).exists()


def test_a_part_of_the_name_is_enough_when_it_fits_one_district_only(lists: SimpleNamespace) -> None:
    for unit, name_ur in ((lists.peshawar, "ضلع پشاور"), (lists.mardan, "ضلع مردان")):
        unit.name, unit.name_ur = f"{unit.code} district".title(), name_ur
        unit.save()
    found = list(Group.objects.filter(kind="citizens").select_related("unit"))
    for named, unit in (("mardan", "mardan"), ("پشاور", "peshawar"), ("district", None), ("swat", None)):
        group = news.list_for(named, lists=found, path=[])
        assert (group and group.unit.code) == unit, named


def test_stop_takes_him_off_it(lists: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(lists, citizen.says("NEWS mardan"))
    hears(lists, citizen.says("STOP"))
    assert not Membership.objects.filter(ended_at=None).exists()


def test_the_page_names_words_and_numbers_and_takes_none(lists: SimpleNamespace) -> None:
    with as_role("rabta_web"):
        answer = Client(headers={"Accept-Language": "en"}).get("/news/")
    page = answer.content.decode()
    assert answer.status_code == 200 and "NEWS Peshawar" in page and "NEWS Mardan" in page
    assert "<form" not in page
