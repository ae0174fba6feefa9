"""The official answer to a rumour: told to all who sent or received it, corrected, withdrawn, told to latecomers."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from rabta.cases.refusal import Refused
from rabta.groups.models import Broadcast, Claim, Member
from rabta.journey.groups.bulletins import claiming, verifying
from rabta.journey.press import releasing, rumours, writing
from rabta.publishing import checklist
from rabta.publishing.models import Version
from tests.cast import HOUR, NOW, acting, as_role
from tests.groups import stage
from tests.groups.claims_stage import heard, opened, reported

ALL = frozenset(checklist.POINTS)


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
