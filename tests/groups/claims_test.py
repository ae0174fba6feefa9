"""Rumours: joined by a person's hand and asked of those near by."""

from types import SimpleNamespace

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
    Member,
    Recipient,
    Sighting,
    Unasked,
)
from rabta.journey.groups.bulletins import claiming, receipts, verifying
from tests.cast import NOW, Citizen, acting, as_role, hears
from tests.groups import stage
from tests.groups.claims_stage import RUMOUR, heard, opened, reported


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
