"""Rumours: joined by a person's hand, asked of those near by, answered to all who sent or received them."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.force import access
from rabta.groups import claims as rows_of
from rabta.groups import phrases
from rabta.groups.models import (
    Broadcast,
    Claim,
    ClaimCase,
    ClaimReport,
    Group,
    Member,
    Recipient,
    Sighting,
    Unasked,
)
from rabta.journey.groups.bulletins import claiming, receipts, verifying
from rabta.journey.press import releasing, rumours, writing
from rabta.publishing import checklist
from rabta.publishing.models import Version
from tests.cast import HOUR, KOTWALI, NOW, Citizen, acting, as_role, hears
from tests.groups import stage

ALL = frozenset(checklist.POINTS)
RUMOUR = "They say a bomb was found at the old bus stand near Kotwali and the schools are closed."


@pytest.fixture
def town(cast: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The cast, groups of Kotwali and Gulbahar, and volunteers at growing distances from Kotwali."""
    with access.system("test"):
        cast.groups = stage.groups(cast)
        cast.gulbahar_group = stage.opened(cast.gulbahar, Group.Kind.VOLUNTEERS, cast.sho_gulbahar)
        cast.here = [
            stage.member(cast.groups.station, lat=KOTWALI[0] + n / 100, lng=KOTWALI[1]) for n in range(4)
        ]
        cast.there = stage.member(cast.gulbahar_group, lat=34.2, lng=71.65)
        yield cast


def reported(member: Member, text: str = RUMOUR, **facts: Any) -> ClaimReport:
    with as_role("rabta_worker", system="a test"):
        return claiming.offered(member=member, text=text, now=NOW, **facts)


def opened(cast: SimpleNamespace, *reports: ClaimReport, by: str = "co") -> Claim:
    with acting(getattr(cast, by)) as scope:
        return claiming.open_claim(
            text="A bomb was found at the bus stand.", unit=cast.city, by=scope, now=NOW, reports=reports,
            at=KOTWALI,
        )  # fmt: skip


def heard(broadcast: Broadcast) -> list[Member]:
    stage.sent(broadcast)
    rows = Recipient.objects.filter(broadcast=broadcast, delivery__isnull=False).order_by("position")
    return [row.member for row in rows.select_related("member") if row.member]


def test_the_same_rumour_is_suggested_and_a_person_joins_it(town: SimpleNamespace) -> None:
    claim = opened(town, reported(town.here[0]))
    again = reported(
        town.there, "They say a bomb was found at the old bus stand near Kotwali, schools are closed!"
    )
    other = reported(town.there, "Water comes at six in the evening only, in all of the quarter.")
    with acting(town.co) as scope:
        waiting = claiming.waiting(scope)
        found = rows_of.suggest(waiting, claims=claiming.claims(scope), now=NOW)
        assert {one.report: one.claims for one in found} == {again: [claim], other: []}
        claiming.join(claim=claim, report=again, by=scope, now=NOW)
        assert list(claiming.waiting(scope)) == [other]
        with pytest.raises(Refused, match="in this claim already"):
            claiming.join(claim=claim, report=again, by=scope, now=NOW)
        claiming.set_aside(report=other, by=scope, now=NOW)
        claiming.part(report=again, by=scope, now=NOW)
        assert list(claiming.waiting(scope)) == [again]
        with pytest.raises(Refused, match="in no claim"):
            claiming.part(report=again, by=scope, now=NOW)


def test_the_same_item_is_reported_once(town: SimpleNamespace) -> None:
    assert reported(town.here[0], item="0123456789abcdef") == reported(town.here[0], item="0123456789abcdef")


def test_whoever_runs_the_reporters_group_sees_the_claim_and_only_his_reports(town: SimpleNamespace) -> None:
    claim = opened(town, reported(town.here[0]), reported(town.there))
    for who, own in ((town.sho, town.here[0]), (town.sho_gulbahar, town.there)):
        with acting(who) as scope:
            assert claiming.claims(scope).get() == claim
            assert [one.member for one in claiming.reports(scope)] == [own]
            assert ClaimReport.objects.count() == 1, "row-level security alone"
    with acting(town.sho_rustam) as scope:
        assert not claiming.claims(scope).exists() and not Claim.objects.exists()
        with pytest.raises(Claim.DoesNotExist):
            claiming.close(claim=claim, by=scope, now=NOW)


def test_the_nearest_are_asked_never_who_does_not_want_it_or_told_of_it(town: SimpleNamespace) -> None:
    reporter, silent, stopped, left = town.here
    claim = opened(town, reported(reporter))
    with access.system("test"):
        Unasked.objects.create(member=silent, at=NOW)
        Member.objects.filter(pk=stopped.pk).update(stopped_at=NOW)
    with acting(town.co) as scope:
        made = verifying.ask(claim=claim, by=scope, now=NOW, most=1)
        claim.refresh_from_db()
        assert claim.state == Claim.State.ASKED
        more = verifying.ask(claim=claim, by=scope, now=NOW)
        with pytest.raises(Refused, match="Nobody near by"):
            verifying.ask(claim=claim, by=scope, now=NOW)
        for most in (0, 51):
            with pytest.raises(Refused, match="Between 1 and 50"):
                verifying.ask(claim=claim, by=scope, now=NOW, most=most)
    assert heard(made) == [left] and heard(more) == [town.there]


def test_whoever_sees_the_claim_sees_how_many_were_asked_and_nobody_is_asked_twice(
    town: SimpleNamespace,
) -> None:
    claim = opened(town, reported(town.here[0]))
    with acting(town.igp) as chief:
        verifying.ask(claim=claim, by=chief, now=NOW, most=2)
    with acting(town.sho) as station:
        asked = verifying.asked_of(claim)
        assert not Broadcast.objects.exists(), "it was said in the name of a unit above"
        again = verifying.chosen(claim, most=9, by=station)
    assert asked == {town.here[1].pk, town.here[2].pk}
    assert [one.pk for one in again] == [town.here[3].pk]
    browser = Client()
    browser.force_login(town.sho)
    with acting(town.sho):
        assert browser.get(f"/groups/claims/{claim.public_id}/").context["asked"] == 2
    with acting(town.sp_mardan):
        assert verifying.asked_of(claim) == set()


def test_in_every_language_they_are_told_never_to_go_there() -> None:
    never = {
        "en": ("Do NOT go there", "do not approach"),
        "hi": ("बिल्कुल न जाएँ", "पास न जाएँ"),
        "ur": ("ہرگز نہ جائیں", "قریب نہ جائیں"),
        "ps": ("هېڅکله مه ځئ", "مه نژدې کېږئ"),
        "roman": ("hargiz na jayen", "qareeb na jayen"),
    }
    for language, words in phrases.in_all("ask", claim="x" * claiming.LONGEST).items():
        assert len(words) <= 900
        assert all(part in words for part in never.get(language, ())), language


@pytest.mark.parametrize(
    ("key", "text", "answer"),
    [
        ("yes", "", "yes"), ("", "2", "no"), ("", "It is not true, I sit right here", "no"), ("", "it is true", "yes"),
        ("", "don't know", "unknown"), ("", "झूठ है", "no"), ("", "سچ ہے", "yes"), ("", "pata nahi", "unknown"),
        ("", "نه پوهېږم", "unknown"), ("", "sach nahi hai", "no"), ("", "Come quickly, my brother was shot", ""),
    ],
)  # fmt: skip
def test_answers_come_by_button_and_in_words(town: SimpleNamespace, key: str, text: str, answer: str) -> None:
    claim = opened(town, reported(town.there))
    with acting(town.co) as scope:
        made = verifying.ask(claim=claim, by=scope, now=NOW, most=1)
    (asked,) = heard(made)
    place = Recipient.objects.get(broadcast=made)
    with as_role("rabta_worker", system="a test"):
        taken = receipts.heard(broadcast=made, recipient=place, key=key, text=text, now=NOW)
    assert taken is bool(answer)
    found = list(Sighting.objects.filter(claim=claim, member=asked).values_list("answer", flat=True))
    assert found == ([answer] if answer else [])
    with acting(town.co):
        (counted,) = rows_of.by_place(claim) or [None]
    assert (counted and getattr(counted, answer)) == (1 if answer else None)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("It is not true", "no"), ("سچ نہیں ہے", "no"), ("pata nahi", "unknown"), ("Do not ask me", "never"),
        ("مجھ سے نہ پوچھیں", "never"), ("2", "no"), ("Seen", ""), ("No, my brother was shot", ""),
        ("It is true that the SHO takes money", ""),
    ],
)  # fmt: skip
def test_an_answer_is_understood_without_quoting_the_question(
    town: SimpleNamespace, text: str, answer: str
) -> None:
    phone = Citizen()
    with access.system("test"):
        who = stage.member(town.gulbahar_group, number=f"+{phone.phone}", language="en", lat=34.2, lng=71.65)
    claim = opened(town, reported(town.there))
    with acting(town.co) as scope:
        heard(verifying.ask(claim=claim, by=scope, now=NOW))
    assert who.pk in verifying.asked_of(claim)
    with access.system("test"):
        hears(town, phone.says(text))
        said = Sighting.objects.filter(claim=claim, member=who).values_list("answer", flat=True)
        never = Unasked.objects.filter(member=who).exists()
    assert ("never" if never else next(iter(said), "")) == answer
    assert Case.objects.exists() is (not answer and text != "Seen")


@pytest.mark.parametrize(
    ("text", "quoted", "answer"),
    [
        ("Not true, I am teacher at that school, all children are here", True, "no"),
        ("यह झूठ है, मैं उसी स्कूल में पढ़ाता हूँ और सब बच्चे यहीं हैं", True, "no"),
        ("یہ جھوٹ ہے، میں اسی سکول میں پڑھاتا ہوں اور سب بچے یہیں ہیں", True, "no"),
        ("دا دروغ دي، زه په هماغه ښوونځي کې ښوونکی یم او ټول ماشومان دلته دي", True, "no"),
        ("ye jhoot hai, main usi school mein parhata hun aur sab bachay yahin hain", True, "no"),
        ("Not true, I am teacher at that school, all children are here", False, ""),
        ("My brother was taken there and nobody helps us, come quickly all of you", True, ""),
        ("No, it was the SHO who took bribes there from all of the shopkeepers", True, ""),
    ],
)
def test_an_answer_that_quotes_the_question_may_be_long(
    town: SimpleNamespace, text: str, quoted: bool, answer: str
) -> None:
    claim = opened(town, reported(town.there))
    with acting(town.co) as scope:
        made = verifying.ask(claim=claim, by=scope, now=NOW, most=1)
    heard(made)
    place = Recipient.objects.get(broadcast=made)
    with as_role("rabta_worker", system="a test"):
        receipts.heard(broadcast=made, recipient=place, key="", text=text, now=NOW, quoted=quoted)
    assert [(one.answer, one.words) for one in Sighting.objects.filter(claim=claim)] == (
        [(answer, text)] if answer else []
    )


def test_who_says_never_is_not_asked_again(town: SimpleNamespace) -> None:
    claim = opened(town, reported(town.there))
    with as_role("rabta_worker", system="a test"):
        assert verifying.answered(member=town.here[0], claim=claim, answer="never", now=NOW) is None
    with acting(town.co) as scope:
        assert town.here[0] not in verifying.chosen(claim, most=50, by=scope)
    assert not Sighting.objects.exists()


def test_the_answer_goes_to_all_who_sent_or_received_it(town: SimpleNamespace) -> None:
    claim = opened(town, reported(town.here[0]))
    with acting(town.co) as scope:
        made = verifying.ask(claim=claim, by=scope, now=NOW, most=1)
    (asked,) = heard(made)
    facts = writing.Facts(
        unit=town.hq,
        title="No bomb",
        text="No bomb was found at the bus stand.",
        about=f"claim:{claim.public_id}",
    )
    with acting(town.operator) as scope:
        version = rumours.answer(claim=claim, verdict="false", facts=facts, ticked=ALL, by=scope, now=NOW)
        with pytest.raises(Refused, match="written already and waits"):
            rumours.answer(claim=claim, verdict="true", facts=facts, ticked=ALL, by=scope, now=NOW)
    rumours.tell(version.pk, now=NOW)
    claim.refresh_from_db()
    assert claim.state == Claim.State.ASKED, "nothing goes out before it is released"
    with acting(town.desk_head) as scope:
        writing.approve(version=version, ticked=ALL, by=scope, now=NOW)
        with pytest.raises(Refused, match="not held back"):
            releasing.release(version=version, groups=[], embargo_until=NOW + HOUR, by=scope, now=NOW)
        releasing.release(version=version, groups=[], by=scope, now=NOW)
    with as_role("rabta_worker"):
        for _twice in range(2):
            rumours.tell(version.pk, now=NOW)
    claim.refresh_from_db()
    assert (claim.state, claim.verdict) == (Claim.State.ANSWERED, "false")
    told = Broadcast.objects.get(what="answer")
    assert set(heard(told)) == {town.here[0], asked}
    assert "NOT TRUE" in told.wordings.get(language="en").text


def released_answer(
    town: SimpleNamespace, claim: Claim, *, text: str = "All is calm.", **facts: Any
) -> Version:
    """An answer, or the correction of one, that is written, approved, released and told."""
    about = {} if "corrects" in facts else {"about": f"claim:{claim.public_id}"}
    said = writing.Facts(unit=town.hq, title="The bus stand", text=text, **about, **facts)
    with acting(town.operator) as scope:
        if "corrects" in facts:
            made = writing.write(facts=said, ticked=ALL, by=scope, now=NOW)
        else:
            made = rumours.answer(
                claim=claim, verdict="false", facts=said, ticked=ALL, by=scope, now=NOW
            )  # fmt: skip
    with acting(town.desk_head) as scope:
        writing.approve(version=made, ticked=ALL, by=scope, now=NOW)
        made = releasing.release(version=made, groups=[], by=scope, now=NOW)
    told(made)
    return made


def told(version: Version, *, at: Any = NOW) -> None:
    with as_role("rabta_worker"):
        for _twice in range(2):
            rumours.tell(version.pk, now=at)
    for one in Broadcast.objects.filter(what__in=["answer", "version"]).order_by("pk"):
        stage.sent(one)


def last_letter() -> tuple[set[Member], str]:
    """Who heard what was said last, and the words in English."""
    made = Broadcast.objects.latest("pk")
    return set(heard(made)), made.wordings.get(language="en").text


def answered(town: SimpleNamespace) -> tuple[Claim, Version, set[Member]]:
    claim = opened(town, reported(town.here[0]))
    with acting(town.co) as scope:
        asked = heard(verifying.ask(claim=claim, by=scope, now=NOW, most=2))
    version = released_answer(town, claim)
    claim.refresh_from_db()
    return claim, version, {town.here[0], *asked}


def page_of(officer: Any, path: str) -> str:
    with acting(officer):
        browser = Client(headers={"Accept-Language": "en"})
        browser.force_login(officer)
        return browser.get(path).content.decode()


def test_the_correction_of_an_answer_reaches_all_who_got_it_with_what_is_true_now(
    town: SimpleNamespace,
) -> None:
    claim, version, theirs = answered(town)
    assert last_letter()[0] == theirs and len(theirs) == 3
    about = rumours.correcting(version, verdict="true")
    newer = released_answer(town, claim, corrects=version, about=about, text="A bomb was found.")
    claim.refresh_from_db()
    assert (claim.state, claim.verdict, claim.version) == ("answered", "true", newer.public_id)
    got, words = last_letter()
    assert got == theirs and "NOT TRUE" not in words and version.number in words
    assert Broadcast.objects.filter(what="answer").count() == 2, "once each, however often the job runs"
    assert len(rumours.answers_of(claim)) == len(releasing.broadcasts_of(version)) == 2
    assert "It corrects" in page_of(town.co, f"/groups/claims/{claim.public_id}/")
    with acting(town.operator), pytest.raises(Refused, match="Say whether it is true"):
        rumours.correcting(newer, verdict="")


def test_the_withdrawal_of_an_answer_reaches_all_who_got_it_and_another_one_can_follow(
    town: SimpleNamespace,
) -> None:
    claim, version, theirs = answered(town)
    with acting(town.desk_head) as scope:
        releasing.withdraw(version=version, why="Two children ARE missing.", hide=False, by=scope, now=NOW)
    told(version)
    claim.refresh_from_db()
    got, words = last_letter()
    assert got == theirs and "Two children ARE missing." in words
    assert Broadcast.objects.filter(what="version").count() == 1
    assert (claim.state, claim.answered_at) == ("asked", None)
    page = page_of(town.co, f"/groups/claims/{claim.public_id}/")
    assert "Two children ARE missing." in page and "withdrawn" in page
    late = reported(town.there)
    with acting(town.co) as scope:
        claiming.join(claim=claim, report=late, by=scope, now=NOW)
    with as_role("rabta_worker"):
        rumours.tell_late(late.pk, now=NOW)
    assert last_letter()[0] == theirs, "who sends it now hears of no answer"
    released_answer(town, claim, text="Two children are looked for.")
    claim.refresh_from_db()
    assert claim.state == Claim.State.ANSWERED and last_letter()[0] == theirs | {town.there}


def test_what_is_withdrawn_before_anybody_was_told_is_told_to_nobody(town: SimpleNamespace) -> None:
    claim = opened(town, reported(town.here[0]))
    version = released_answer(town, claim)
    Broadcast.objects.filter(what="answer").delete()
    Claim.objects.filter(pk=claim.pk).update(state="open", answered_at=None)
    with acting(town.desk_head) as scope:
        releasing.withdraw(version=version, why="Wrong.", hide=False, by=scope, now=NOW)
    told(version)
    assert not Broadcast.objects.filter(what__in=["answer", "version"]).exists()


def test_who_sends_the_rumour_after_it_was_answered_is_told_what_holds_now(town: SimpleNamespace) -> None:
    claim, version, theirs = answered(town)
    late, known = reported(town.there), reported(town.here[0])
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(town.co)
    for report in (late, known):
        form = {"decision": "join", "claim": claim.public_id}
        page = browser.post(f"/groups/claims/reports/{report.public_id}/", form, follow=True).content.decode()
        assert "gets the official answer now" in page
    with as_role("rabta_worker"):
        for report in (late, known, late):
            rumours.tell_late(report.pk, now=NOW)
    got, words = last_letter()
    assert got == {town.there} and "NOT TRUE" in words and version.number in words
    assert Broadcast.objects.filter(what="answer").count() == 2
    about = rumours.correcting(version, verdict="true")
    released_answer(town, claim, corrects=version, about=about, text="A bomb was found.")
    assert last_letter()[0] == theirs | {town.there}


def test_moderators_do_not_learn_of_cases_at_the_desk(town: SimpleNamespace) -> None:
    with access.system("test"):
        hears(town, Citizen().says("They say a bomb was found at the bus stand."))
    case = Case.objects.get()
    claim = opened(town, reported(town.here[0]))
    with acting(town.operator) as scope:
        claiming.join_case(claim=claim, case=Case.objects.get(), by=scope, now=NOW)
        assert ClaimCase.objects.count() == 1
    with acting(town.sho) as scope:
        assert not ClaimCase.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM groups_claimcase")
            assert cursor.fetchone() == (0,)
        browser = Client(headers={"Accept-Language": "en"})
        browser.force_login(town.sho)
        page = browser.get(f"/groups/claims/{claim.public_id}/").content.decode()
    assert "At the desk" not in page and case.reference not in page


def test_the_pages_open_ask_and_close(town: SimpleNamespace) -> None:
    report = reported(town.here[0])
    with acting(town.co):
        browser = Client(headers={"Accept-Language": "en"})
        browser.force_login(town.co)
        assert RUMOUR[:30] in browser.get("/groups/claims/").content.decode()
        form = {"text": "A bomb was found.", "unit": town.city.public_id, "report": report.public_id}
        at = browser.post("/groups/claims/open/", form).headers["Location"]
        report.refresh_from_db()
        assert report.claim is not None
        page = browser.post(f"{at}ask/", {"most": 99}).content.decode()
        assert "50" in page and not Broadcast.objects.filter(what="verify").exists()
        assert browser.post(f"{at}ask/", {"most": 2}).status_code == 302
        assert browser.post("/groups/claims/open/", {"text": ""}).status_code == 400
        assert browser.post(f"{at}close/").status_code == 302
        assert "Closed without an answer" in browser.get(at).content.decode()
