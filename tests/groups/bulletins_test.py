"""Bulletins: two officers or one commander with a look afterwards; receipts; corrections to exactly who got it."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from rabta.cases.refusal import Refused
from rabta.channels.contract import Arrived
from rabta.channels.items import Sender
from rabta.force import access
from rabta.force.models import Unit
from rabta.groups import members, phrases, reach
from rabta.groups.models import Broadcast, Bulletin, Member, Recipient
from rabta.intake.contents import Incoming
from rabta.journey.groups.broadcasts import saying
from rabta.journey.groups.bulletins import answers, issuing, receipts
from rabta.journey.groups.spoken import world_of
from rabta.outbox.models import Delivery
from rabta.publishing import checklist
from rabta.replying import needed
from rabta.rules.templates import PLAINER
from tests.cast import DAY, HOUR, KOTWALI, MINUTE, NOW, acting, as_role
from tests.groups import stage

ALL = frozenset(checklist.POINTS)
WORDS = {"": "The bridge at Kotwali is closed. Stay away.", "ur": "کوتوالی کا پل بند ہے۔ دور رہیں۔"}


@pytest.fixture
def bridge(cast: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The cast with its groups and three volunteers of Kotwali, the nearest of whom joined last."""
    with access.system("test"):
        cast.groups = stage.groups(cast)
        at = (KOTWALI[0] + 0.04, KOTWALI[0] + 0.02, KOTWALI[0])
        cast.members = [stage.member(cast.groups.station, lat=lat, lng=KOTWALI[1]) for lat in at]
        yield cast


def written(cast: SimpleNamespace, by: str = "sho", **facts: Any) -> Bulletin:
    said = {"title": "Bridge", "words": WORDS, "groups": [cast.groups.station]} | facts
    with acting(getattr(cast, by)) as scope:
        return issuing.write(facts=issuing.Facts(**said), ticked=ALL, by=scope, now=NOW)


def let_go(cast: SimpleNamespace, made: Bulletin, by: str = "co", **how: Any) -> Bulletin:
    with acting(getattr(cast, by)) as scope:
        return issuing.let_go(bulletin=made, by=scope, now=NOW, **how)


def heard(made: Bulletin) -> list[Member]:
    assert made.broadcast is not None
    stage.sent(made.broadcast)
    rows = Recipient.objects.filter(broadcast=made.broadcast, member__isnull=False).order_by("position")
    return [row.member for row in rows.select_related("member") if row.member and row.delivery_id]


def test_one_writes_another_lets_go_and_the_nearest_hear_it_first(bridge: SimpleNamespace) -> None:
    made = written(bridge, place=KOTWALI, radius_km=10.0)
    with pytest.raises(Refused, match="Another officer"):
        let_go(bridge, made, by="sho")
    assert not Broadcast.objects.filter(what="bulletin").exists(), "nothing leaves before"
    done = let_go(bridge, made)
    assert done.broadcast is not None and done.broadcast.priority == Delivery.Priority.BULLETIN
    assert heard(done) == bridge.members[::-1]
    letter = Delivery.objects.filter(address=bridge.members[0].address).get()
    assert [button["title"] for button in letter.body.buttons] == [
        "I told 10",
        "I told 50",
        "I told more than 50",
        "Seen",
    ]
    assert all(
        len(phrases.phrase(code, language=one)) <= 20
        for code in issuing.RECEIPTS
        for one in phrases.LANGUAGES
    )
    with pytest.raises(Refused, match="decided on this bulletin already"):
        let_go(bridge, made)


def test_the_database_wants_another_officer_too(bridge: SimpleNamespace) -> None:
    made = written(bridge)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.filter(pk=made.pk).update(state="sent", decided_by=bridge.sho)
    done = let_go(bridge, made)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.filter(pk=done.pk).update(looked_by=bridge.co)


def test_a_commander_lets_an_emergency_go_alone_and_somebody_else_looks(bridge: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="Only who commands"):
        let_go(bridge, written(bridge), by="sho", alone=True)
    done = let_go(bridge, written(bridge, by="co"), alone=True)
    assert done.alone and done.look_due_at == NOW + HOUR
    for who, says in (("co", "let it go yourself"), ("sho", "decides on bulletins")):
        with acting(getattr(bridge, who)) as scope, pytest.raises(Refused, match=says):
            issuing.look(bulletin=done, by=scope, now=NOW)
    with as_role("rabta_worker", system="a test"):
        assert issuing.miss_looks(now=NOW + 59 * MINUTE) == 0
        assert [issuing.miss_looks(now=NOW + HOUR) for _twice in range(2)] == [1, 0]
    with acting(bridge.sp) as scope:
        looked = issuing.look(bulletin=done, by=scope, now=NOW + HOUR)
    assert looked.looked_by == bridge.sp and looked.look_missed_at == NOW + HOUR


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"words": {"": " "}}, "Write what is to be said"),
        ({"groups": []}, "at least one group"),
        ({"title": ""}, "Write something first"),
        ({"place": KOTWALI}, "a place on the map and a distance"),
        ({"words": {"": "x" * 901}}, "too long by 1"),
    ],
)
def test_what_is_wrong_with_a_bulletin_is_said(bridge: SimpleNamespace, facts: Any, says: str) -> None:
    with pytest.raises(Refused, match=says):
        written(bridge, **facts)
    assert not Bulletin.objects.exists()


def test_each_point_is_ticked_and_groups_of_others_are_not_used(bridge: SimpleNamespace) -> None:
    facts = issuing.Facts(title="x", words=WORDS, groups=[bridge.groups.station])
    with acting(bridge.sho) as scope, pytest.raises(Refused, match="Confirm each point"):
        issuing.write(facts=facts, ticked=ALL - {"victim"}, by=scope, now=NOW)
    with acting(bridge.sho_rustam) as scope:
        with pytest.raises(Refused, match="runs this group"):
            issuing.write(facts=facts, ticked=ALL, by=scope, now=NOW)
        assert not issuing.bulletins(scope).exists()


@pytest.mark.parametrize(
    ("key", "text", "kept"),
    [
        ("told_50", "", "told_50"),
        ("", "2", "told_50"),
        ("", "50 کو بتایا", "told_50"),
        ("", "देखा", "seen"),
        ("", "9", ""),
        ("", "my house burns", ""),
    ],
)
def test_i_have_told_50_comes_back_to_the_unit(
    bridge: SimpleNamespace, key: str, text: str, kept: str
) -> None:
    done = let_go(bridge, written(bridge))
    heard(done)
    assert done.broadcast is not None
    somebody = Recipient.objects.get(broadcast=done.broadcast, member=bridge.members[0])
    with as_role("rabta_worker", system="a test"):
        taken = receipts.heard(broadcast=done.broadcast, recipient=somebody, key=key, text=text, now=NOW)
    assert taken is bool(kept), "what is no answer goes on as a message"
    somebody.refresh_from_db()
    assert somebody.answer == kept
    with acting(bridge.sho):
        assert receipts.told(done.broadcast) == ({bridge.kotwali.pk: {kept: 1}} if kept else {})


def test_who_has_not_written_lately_gets_the_buttons_with_the_template(bridge: SimpleNamespace) -> None:
    done = let_go(bridge, written(bridge))
    heard(done)
    body = Delivery.objects.get(address=bridge.members[0].address).body
    assert body is not None and body.template["name"] == issuing.TEMPLATE
    drafts = {one.language: one for one in needed.needed() if one.name == issuing.TEMPLATE}
    for language, draft in drafts.items():
        assert list(draft.buttons) == [button.title for button in issuing.receipts()[language]]
    assert drafts.keys() == {"en", "hi", "ur", "ps"}
    assert PLAINER[issuing.TEMPLATE].name == saying.TEMPLATE, "it goes before the provider knows it, too"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("I told 50 people", "told_50"), ("told 12", "told_10"), ("I have told more than 50", "told_more"),
        ("200 logon ko bataya", "told_more"), ("main ne 10 ko bataya", "told_10"), ("मैंने ५० लोगों को बताया", "told_50"),
        ("میں نے ۵۰ لوگوں کو بتایا", "told_50"), ("٥٠ کو بتا دیا", "told_50"), ("ما ۵۰ کسانو ته وویل", "told_50"),
        ("50 سے زیادہ کو بتایا", "told_more"), ("I told 3", ""), ("50", ""), ("I told the SHO 10 times", ""),
        ("I told 10 or 50", ""), ("they told me", ""), ("", ""),
    ],
)  # fmt: skip
def test_what_was_told_on_is_understood_in_five_languages(text: str, answer: str) -> None:
    assert phrases.passed_on(text) == answer


def test_who_reads_the_words_for_everybody_has_buttons_of_their_language(bridge: SimpleNamespace) -> None:
    """Written in Urdu in the field for all: its frame and what is pressed are Urdu for who named no language."""
    words = {"": "رنگ روڈ پر پانی کھڑا ہے، دوسرا راستہ استعمال کریں"}
    Member.objects.update(language="")
    done = let_go(bridge, written(bridge, words=words))
    heard(done)
    body = Delivery.objects.get(address=bridge.members[0].address).body
    assert body is not None and [button["title"] for button in body.buttons][:2] == [
        "۱۰ کو بتایا",
        "۵۰ کو بتایا",
    ]
    assert body.template["language"] == "ur"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("10 को बताया", "told_10"), ("I told 50", "told_50"), ("Seen", "seen"), ("seen.", "seen"), ("دیکھ لیا", "seen"),
        ("ومې لیدل", "seen"), ("देखा", "seen"), ("I have told my neighbours", "seen"), ("سب کو بتا دیا", "seen"),
        ("मोहल्ले वालों को बताया", "seen"), ("mohalle walon ko bata diya", "seen"), ("ټولو خلکو ته مې وویل", "seen"),
        ("I have told the SHO", ""), ("I have told everybody that he beats me", ""), ("Do not ask me", ""),
        ("I have seen", ""), ("told", ""), ("all people", ""),
    ],
)  # fmt: skip
def test_what_stands_on_a_button_is_as_good_typed(bridge: SimpleNamespace, text: str, answer: str) -> None:
    done = let_go(bridge, written(bridge))
    heard(done)
    member = bridge.members[0]
    assert typed(bridge, member, text) is bool(answer)
    assert Recipient.objects.get(broadcast=done.broadcast, member=member).answer == answer


def typed(
    bridge: SimpleNamespace, member: Member, text: str, *, has_case: bool = False, at: Any = NOW
) -> bool:
    """Whether what he types, quoting nothing, is taken as an answer."""
    number = members.shown(member).number
    item = Arrived(
        account="1", key="1", provider_id="1", kind="text", text=text,
        sender=Sender(scheme="phone", handle=number, address=number),
    )  # fmt: skip
    one = Incoming(account=bridge.number, item=item, journal_id=1, position=1, received_at=at)
    with as_role("rabta_worker", system="a test"):
        world = world_of([one], {("phone", number): member}, now=at)
        if has_case:
            world.with_cases = frozenset({bytes(member.digest)})
        return answers.take(one, member, world, now=at)


def test_who_has_a_matter_may_answer_the_desk_and_old_bulletins_ask_nothing(bridge: SimpleNamespace) -> None:
    heard(let_go(bridge, written(bridge)))
    member = bridge.members[0]
    assert not typed(bridge, member, "Seen", has_case=True)
    assert typed(bridge, member, "I told 50", has_case=True)
    assert not typed(bridge, member, "Seen", at=NOW + 4 * DAY)


def test_a_correction_goes_to_exactly_those_who_got_it(bridge: SimpleNamespace) -> None:
    done = let_go(bridge, written(bridge))
    assert set(heard(done)) == set(bridge.members)
    lost = Recipient.objects.get(broadcast=done.broadcast, member=bridge.members[0])
    Delivery.objects.filter(pk=lost.delivery_id).update(state="failed")
    Delivery.objects.exclude(pk=lost.delivery_id).update(state="delivered")
    Member.objects.filter(pk=bridge.members[1].pk).update(stopped_at=NOW)
    with access.system("test"):
        stage.member(bridge.groups.station)  # joined afterwards
    with acting(bridge.sho) as scope:
        made = issuing.correct(
            bulletin=done, words={"": "The bridge is open."}, withdraw=False, ticked=ALL, by=scope, now=NOW
        )
        with pytest.raises(Refused, match="correction of it already"):
            issuing.correct(bulletin=done, words={"": "x"}, withdraw=True, ticked=ALL, by=scope, now=NOW)
    again = let_go(bridge, made)
    assert heard(again) == [bridge.members[2]]
    assert again.words[""].startswith("CORRECTION") and "The bridge is open." in again.words[""]


def test_what_has_not_left_when_it_is_withdrawn_never_leaves(bridge: SimpleNamespace) -> None:
    done = let_go(bridge, written(bridge))
    heard(done)
    with acting(bridge.sho) as scope:
        made = issuing.correct(
            bulletin=done, words={"": "It was a rumour."}, withdraw=True, ticked=ALL, by=scope, now=NOW
        )
    again = let_go(bridge, made)
    assert again.kind == "withdrawal" and heard(again) == [], "nobody had it yet, so nobody is told"
    assert set(Delivery.objects.values_list("trouble", flat=True)) == {"taken_back"}


def test_the_area_chooses_the_groups(bridge: SimpleNamespace) -> None:
    made = vars(bridge.groups).values()
    Unit.objects.filter(pk=bridge.kotwali.pk).update(lat=KOTWALI[0], lng=KOTWALI[1])
    bridge.groups.station.refresh_from_db()
    station = bridge.groups.station
    assert issuing.reached(list(made), units=[bridge.city], circle=None) == [bridge.groups.circle, station]
    near = (KOTWALI[0] + 0.05, KOTWALI[1], 10.0)
    assert issuing.reached([station], units=[], circle=near) == [station]
    assert issuing.reached([station], units=[], circle=(*near[:2], 1.0)) == []


def test_the_pages_show_it_before_it_goes_and_how_far_it_came(bridge: SimpleNamespace) -> None:
    form = {
        "title": "Bridge", "text": WORDS[""], "units": bridge.kotwali.public_id, "kinds": "volunteers",
        "ticked": list(ALL), "step": "look",
    }  # fmt: skip
    with acting(bridge.sho):
        browser = Client(headers={"Accept-Language": "en"})
        browser.force_login(bridge.sho)
        page = browser.post("/groups/bulletins/new/", form).content.decode()
        assert "Before it goes" in page and not Bulletin.objects.exists()
        answer = browser.post("/groups/bulletins/new/", form | {"step": "write"})
        assert answer.status_code == 302
        nowhere = browser.post("/groups/bulletins/new/", form | {"units": []})
        assert nowhere.status_code == 400 and "Say where" in nowhere.content.decode()
    done = let_go(bridge, Bulletin.objects.get())
    heard(done)
    assert done.broadcast is not None
    reach.count(done.broadcast, now=NOW + HOUR)
    Unit.objects.update(lat=34.01, lng=71.57)
    with acting(bridge.sho):
        for path in ("", "reach/"):
            page = browser.get(answer.headers["Location"] + path).content.decode()
            assert "34.01" in page and bridge.kotwali.name in page, path


def test_the_estimate_counts_the_volunteers(bridge: SimpleNamespace) -> None:
    with acting(bridge.sho):
        found = saying.estimate(groups=[bridge.groups.station], words=WORDS, now=NOW)
    assert found.recipients >= 3 and found.minutes >= 1


def test_whoever_runs_a_group_reads_on_his_page_what_others_sent_to_it(bridge: SimpleNamespace) -> None:
    both = [bridge.groups.district, bridge.groups.station]
    done = let_go(bridge, written(bridge, by="sp", title="Flood", groups=both), by="igp")
    heard(done)
    assert done.broadcast is not None and done.unit == bridge.peshawar
    for officer, sees in ((bridge.sho, True), (bridge.sho_gulbahar, False), (bridge.sp, False)):
        with acting(officer) as scope:
            assert [*issuing.from_above(scope)] == ([done.broadcast] if sees else [])
            browser = Client(headers={"Accept-Language": "en"})
            browser.force_login(officer)
            page = browser.get("/groups/bulletins/").content.decode()
        assert (f"/{done.broadcast.public_id}/" in page) is sees
