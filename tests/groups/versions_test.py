"""Official versions: asked for, written, approved by another, released, corrected; and what is public when."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import translation

from rabta.cases.refusal import Refused
from rabta.force import access
from rabta.groups.models import Broadcast, Group, Member, Recipient
from rabta.journey.press import asking, releasing, writing
from rabta.outbox.models import Delivery
from rabta.publishing import checklist, reading
from rabta.publishing.models import Question, Version
from rabta.rules import screenshots
from rabta.rules.screenshots import Compared
from tests.cast import HOUR, NOW, acting, as_role
from tests.groups import stage

ALL = frozenset(checklist.POINTS)
TEXT = "Two shops burned on Saddar Road on Monday. Nobody was hurt. The road is open again."


@pytest.fixture
def press(cast: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The cast with a media group of headquarters, a list of Peshawar, a journalist and a citizen."""
    with access.system("test"):
        cast.media = stage.opened(cast.hq, Group.Kind.MEDIA, cast.igp)
        cast.news = stage.opened(cast.peshawar, Group.Kind.CITIZENS, cast.sp)
        cast.journalist = stage.member(cast.media, kind="journalist")
        cast.reader = stage.member(cast.news, kind="citizen")
        yield cast


def written(cast: SimpleNamespace, **facts: Any) -> Version:
    said = {"unit": cast.hq, "title": "Fire on Saddar Road", "text": TEXT} | facts
    with acting(cast.operator) as scope:
        return writing.write(facts=writing.Facts(**said), ticked=ALL, by=scope, now=NOW)


def approved(cast: SimpleNamespace, **facts: Any) -> Version:
    made = written(cast, **facts)
    with acting(cast.desk_head) as scope:
        return writing.approve(version=made, ticked=ALL, by=scope, now=NOW)


def released(
    cast: SimpleNamespace, *groups: Group, at: Any = NOW, embargo: Any = None, **facts: Any
) -> Version:
    made = approved(cast, **facts)
    with acting(cast.desk_head) as scope:
        return releasing.release(version=made, groups=groups, by=scope, now=at, embargo_until=embargo)


def heard(version: Version) -> list[Member]:
    """Who was sent it, in order."""
    broadcasts = list(releasing.broadcasts_of(version))
    for one in broadcasts:
        if one.due_at <= NOW:
            stage.sent(one)
    rows = Recipient.objects.filter(broadcast__in=broadcasts, delivery__isnull=False, member__isnull=False)
    return [
        row.member for row in rows.select_related("member").order_by("broadcast", "position") if row.member
    ]


def public(*numbers: str) -> list[int]:
    """What a visitor who has not signed in is answered at the addresses of these numbers."""
    with as_role("rabta_web"):
        return [Client().get(f"/versions/{number}/").status_code for number in numbers]


def test_a_question_has_a_clock_and_the_journalist_is_told_until_when(press: SimpleNamespace) -> None:
    with as_role("rabta_worker", system="a test"):
        question = asking.asked(member=press.journalist, text="What burned in Saddar?", now=NOW)
    assert question
    assert question.due_at == NOW + HOUR and question.state == Question.State.OPEN
    told = stage.sent(Broadcast.objects.get(about=f"question:{question.public_id}"))
    letter = Delivery.objects.get(pk=Recipient.objects.get(broadcast=told).delivery_id)
    assert "2 March 2026" in letter.body.text and letter.priority == Delivery.Priority.USUAL
    made = released(press, question=question)
    question.refresh_from_db()
    assert (question.state, question.version) == (Question.State.ANSWERED, made)
    assert heard(made) == [press.journalist], "who asked gets it, though no group was chosen"


def test_officers_read_the_title_in_their_own_language(press: SimpleNamespace) -> None:
    made = written(press, title_ur="صدر روڈ پر آگ", text_ur="دو دکانیں جل گئیں۔")
    page = Client()
    page.force_login(press.operator)
    page.cookies["django_language"] = "ur"
    for address in ("/press/", f"/press/{made.public_id}/"):
        assert "صدر روڈ پر آگ" in page.get(address).content.decode()
    with translation.override("ur"):
        assert (made.own_title, made.own_text) == ("صدر روڈ پر آگ", "دو دکانیں جل گئیں۔")
    with translation.override("hi"):
        assert (made.own_title, made.own_text) == (made.title, made.text)


def test_nobody_approves_what_he_wrote_and_the_database_says_so_too(press: SimpleNamespace) -> None:
    made = written(press)
    with acting(press.operator) as scope, pytest.raises(Refused, match="Another officer"):
        writing.approve(version=made, ticked=ALL, by=scope, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=made.pk).update(state="approved", approved_by=press.operator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=made.pk).update(
            state="released", released_by=press.igp, released_at=NOW, approved_by=None
        )
    with acting(press.desk_head) as scope, pytest.raises(Refused, match="Confirm each point"):
        writing.approve(version=made, ticked=ALL - {"child"}, by=scope, now=NOW)
    with acting(press.desk_head) as scope, pytest.raises(Refused, match="decided"):
        releasing.release(version=made, groups=[], by=scope, now=NOW)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"text": ""}, "Write a title"),
        ({"text": "Call Ali at 0300 1234567"}, "a telephone or other number"),
        ({"text": "About PSH-7K3M-92QF"}, "a reference number"),
        ({"text": "x" * 600}, "too long by 50"),
        ({"title_ur": "آگ"}, "both, title and words"),
    ],
)
def test_what_may_not_stand_in_a_version_is_said(press: SimpleNamespace, facts: Any, says: str) -> None:
    with pytest.raises(Refused, match=says):
        written(press, **facts)
    assert not Version.objects.exists()


def test_who_does_not_speak_for_the_unit_writes_nothing(press: SimpleNamespace) -> None:
    said = writing.Facts(unit=press.hq, title="x", text=TEXT)
    with acting(press.operator_peshawar) as scope, pytest.raises(Refused, match="speaks for this unit"):
        writing.write(facts=said, ticked=ALL, by=scope, now=NOW)
    with acting(press.sho) as scope, pytest.raises(Refused, match="speaks for this unit"):
        writing.write(facts=said, ticked=ALL, by=scope, now=NOW)


def test_it_goes_to_media_and_lists_with_number_words_and_address(press: SimpleNamespace) -> None:
    made = released(press, press.news, press.media, text_ur="سڑک کھل گئی ہے۔", title_ur="آگ")
    assert set(heard(made)) == {press.journalist, press.reader}
    words = {one.language: one.text for one in Broadcast.objects.get(what="version").wordings.all()}
    assert TEXT in words["en"] and made.number in words["en"]
    assert f"/versions/{made.number}/" in words["en"] and "سڑک کھل گئی ہے۔" in words["ur"]
    (told,) = Broadcast.objects.filter(what="version")
    assert told.unit == press.hq, "whoever speaks is named, also where it goes to a district's list alone"
    assert len(made.digest) == 64 and made.digest == writing.digest_of(made)


def test_until_approved_and_released_it_is_not_there_for_anybody(press: SimpleNamespace) -> None:
    draft, ready, out = written(press), approved(press), released(press)
    assert public(draft.number, ready.number, out.number, "OV-0000-0000") == [404, 404, 200, 404]
    with as_role("rabta_web"), connection.cursor() as cursor:
        cursor.execute("SELECT number FROM publishing_version")
        assert [row[0] for row in cursor.fetchall()] == [out.number], "row-level security alone"
        page = Client().get("/versions/").content.decode()
        feed = Client().get("/versions/feed.atom").content.decode()
    for number in (draft.number, ready.number):
        assert number not in page and number not in feed
    assert out.number in page and out.number in feed


def test_an_embargo_ends_to_the_second(press: SimpleNamespace) -> None:
    ends = NOW + HOUR
    made = released(press, press.media, press.news, embargo=ends)
    assert heard(made) == [press.journalist], "the list of citizens waits"
    early = Broadcast.objects.get(what="version", due_at=NOW)
    assert "NOT TO BE PUBLISHED BEFORE 2 March 2026" in early.wordings.get(language="en").text
    late = Broadcast.objects.exclude(pk=early.pk).get(what="version")
    assert late.due_at == ends and "NOT TO BE PUBLISHED" not in late.wordings.get(language="en").text
    second = timedelta(seconds=1)
    assert not reading.visible(now=ends - second).exists()
    assert reading.visible(now=ends).get() == made
    with connection.cursor() as cursor:  # and by the clock of the database
        for shift, seen in (("+ interval '1 second'", 0), ("", 1)):
            cursor.execute(f"UPDATE publishing_version SET embargo_until = now() {shift}")
            with as_role("rabta_web"):
                cursor.execute("SELECT count(*) FROM publishing_version")
                assert cursor.fetchone() == (seen,)


def test_a_correction_reaches_exactly_the_receivers_and_both_stay(press: SimpleNamespace) -> None:
    older = released(press, press.media)
    assert heard(older) == [press.journalist]
    with access.system("test"):
        stage.member(press.media, kind="journalist")  # came later, and never saw the older one
    newer = released(
        press, press.media, press.news, corrects=older, text="Three shops burned. Nobody was hurt."
    )
    assert heard(newer) == [press.journalist]
    assert public(older.number, newer.number) == [200, 200]
    with as_role("rabta_web"):
        page = Client(headers={"Accept-Language": "en"}).get(f"/versions/{older.number}/").content.decode()
    assert "corrected" in page and newer.number in page and "Two shops burned" in page
    with pytest.raises(Refused, match="correction of it already"):
        written(press, corrects=older)


def test_a_correction_waits_until_the_older_one_has_left(press: SimpleNamespace) -> None:
    older = released(press, press.media)
    newer = released(press, corrects=older, text="Three shops burned. Nobody was hurt.")
    early, late = (releasing.broadcasts_of(one).get() for one in (older, newer))
    assert stage.sent(late).state == Broadcast.State.GATHERING
    stage.sent(early)
    assert stage.sent(late).state == Broadcast.State.QUEUED
    assert late.recipients == early.recipients > 0


def test_what_is_withdrawn_stays_marked_and_can_lose_its_words(press: SimpleNamespace) -> None:
    made = released(press, press.media)
    assert heard(made) == [press.journalist]
    with acting(press.desk_head) as scope:
        with pytest.raises(Refused, match="Say why"):
            releasing.withdraw(version=made, why=" ", hide=False, by=scope, now=NOW)
        releasing.withdraw(version=made, why="It named a street.", hide=True, by=scope, now=NOW)
    assert heard(made) == [press.journalist, press.journalist], "told that it is withdrawn"
    with as_role("rabta_web"):
        browser = Client(headers={"Accept-Language": "en"})
        page = browser.get(f"/versions/{made.number}/").content.decode()
        found = browser.get("/versions/", {"q": "shops"}).content.decode()
        checked = browser.get("/versions/check/", {"words": TEXT}).content.decode()
    assert "It named a street." in page and TEXT not in page and "Fire on Saddar" not in page
    assert made.number not in found and made.number not in checked


def test_the_bar_leads_who_speaks_for_the_force_to_the_versions_and_says_that_he_is_there(
    press: SimpleNamespace,
) -> None:
    made = released(press, press.media)
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(press.desk_head)
    link = '<a href="/press/"{}>Official versions</a>'
    for path, here in (
        ("/press/", ' aria-current="page"'),
        (f"/press/{made.public_id}/", ' aria-current="true"'),
        ("/groups/", ""),
    ):
        assert link.format(here) in browser.get(path).content.decode(), path
    browser.force_login(press.sho)
    assert 'href="/press/"' not in browser.get("/groups/").content.decode()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"words": TEXT}, "exactly the words of the police"),
        ({"words": "nobody was hurt the road is open"}, "stand so in a police version"),
        ({"words": TEXT.replace("Nobody was", "Nine were")}, "words were changed"),
        (
            {"words": "The schools are closed tomorrow because of the heat"},
            "released nothing with these words",
        ),
        ({"words": "too few"}, "at least four words"),
        ({"number": "OV-0000-0001"}, "no number of a police version"),
        ({"number": "{number}"}, "released a version of this number"),
        ({"number": "{number}", "words": "Four people died in a fire in the bazar"}, "has other words"),
    ],
)
def test_a_screenshot_is_checked(press: SimpleNamespace, asked: dict[str, str], says: str) -> None:
    made = released(press)
    given = {
        name: value.format(number=made.number) if name == "number" else value for name, value in asked.items()
    }
    with as_role("rabta_web"):
        answer = Client(headers={"Accept-Language": "en"}).get("/versions/check/", given)
    assert answer.status_code == 200 and says in answer.content.decode()


def test_whoever_has_a_screenshot_checked_keeps_nobody_waiting(
    press: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [
        released(press, text=f"{TEXT} Part {word}.") for word in ("one", "two", "six", "ten", "few", "old")
    ]
    compared: list[str] = []

    def compare(typed: str, official: Iterable[str]) -> Compared:
        compared.append(typed)
        return screenshots.compare(typed, official)

    monkeypatch.setattr(reading, "compare", compare)
    assert not reading.checked("the " * 600, now=NOW) and not compared, "no version says one word so often"
    altered = f"{TEXT.replace('Nobody was', 'Nine were')} Part one."
    found = reading.checked(altered, now=NOW)
    assert len(compared) == reading.NEAREST < len(made)
    assert found[0][0] == made[0], "the nearest one is found all the same"


def test_the_public_page_is_searched_and_goes_on(
    press: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rabta.web.press import public as pages

    monkeypatch.setattr(pages, "A_PAGE", 2)
    made = [
        released(press, text=f"{word} burned today.", at=NOW + n * HOUR)
        for n, word in enumerate(("One", "Two", "Six"))
    ]
    with as_role("rabta_web"):
        first = Client().get("/versions/").content.decode()
        assert [one.number in first for one in made] == [False, True, True]
        after = first.split("after=")[1].split('"')[0]
        second = Client().get("/versions/", {"after": after}).content.decode()
        assert [one.number in second for one in made] == [True, False, False]
        for query in ({"q": "six"}, {"q": made[2].number}):
            found = Client().get("/versions/", query).content.decode()
            assert [one.number in found for one in made] == [False, False, True]
        for day, count in (
            ("2026-03-02", 2),
            ("2026-03-01", 0),
            ("2026-02-31", 2),
            ("9999-12-31", 2),
            ("x", 2),
        ):
            page = Client().get("/versions/", {"day": day}).content.decode()
            assert page.count('class="p-number"') == count, day
        elsewhere = Client().get("/versions/", {"unit": press.mardan.public_id}).content.decode()
        assert not any(one.number in elsewhere for one in made)
