"""What leaves a case that is kept close is kept as close, whoever takes it out: the desk, or a commander's repost."""

from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Message
from rabta.channels.models import Account
from rabta.force import access
from rabta.force import directory as force_directory
from rabta.force.models import Officer, Posting
from rabta.journey.matters import merging
from tests.cast import DAY, HOUR, MINUTE, NOW, PESHAWAR_NUMBER, TODAY, Citizen, acting, hears, post_named
from tests.steps import posts
from tests.steps.eyes import LATER, accused
from tests.steps.stage import ACCUSATION, accusation, happened, theft

OF_THE_DISTRICT = "@KPPolice the DPO of Peshawar takes bribes from land grabbers"
OF_THE_DESK = "@KPPolice the operator at your control room takes bribes and sells our complaints"
SECOND = {
    "theft": "@KPPolice My motorcycle was stolen near Kotwali",
    "tip": "@KPPolice charas is sold in the godown of the old haveli at Kotwali bazar, rifles are buried there too",
    "restricted": "@KPPolice a terrorist with a bomb is staying in a house near Kotwali",
    "accusation": "@KPPolice SHO Kotwali took a bribe of 5000 from me",
}
WAYS = pytest.mark.parametrize("way", ["commander", "desk"])
# what is restricted is urgent, too, and opens a case of its own
WHAT = pytest.mark.parametrize("what", [what for what in SECOND if what != "restricted"])


@pytest.fixture
def x(cast: SimpleNamespace) -> SimpleNamespace:
    posts.add_x(cast)
    posts.owns(cast.igp, posts.IGP)
    return cast


def reads(who: Officer, case: Case) -> bool:
    """By row-level security, or by the filter of the pages."""
    with acting(who):
        by_rows = Case.objects.filter(pk=case.pk).exists()
        messages = Message.objects.filter(case=case.pk).exists()
    scope = access.scope_of(who, on=TODAY)
    return by_rows or messages or Case.objects.filter(scope.visible(), pk=case.pk).exists()


def last_said() -> Message:
    return Message.objects.filter(direction="in").latest("id")


def two_posts(x: SimpleNamespace, first: str, second: str) -> posts.Post:
    """Two posts of one person, in one case; the second is returned."""
    made = posts.post(second)
    posts.hears(x, posts.post(first))
    posts.hears(x, made, at=NOW + MINUTE)
    assert Case.objects.count() == 1
    return made


def taken_out(x: SimpleNamespace, post: posts.Post, way: str, words: str = "SHO Kotwali act on this") -> Case:
    """The case of the second post, taken out of the first one's."""
    if way == "commander":
        posts.hears(x, posts.about("quoted", post, words, by=posts.IGP), at=NOW + 2 * HOUR)
    else:
        with acting(x.desk_head) as by:
            journey.split(message=last_said(), by=by, now=NOW + HOUR)
    _old, new = Case.objects.order_by("id")
    assert last_said().case == new
    return new


@WAYS
@WHAT
def test_no_accused_reads_what_is_taken_out_of_an_accusation(x: SimpleNamespace, what: str, way: str) -> None:
    Account.objects.filter(pk=x.x.pk).update(unit=x.peshawar)
    second = two_posts(x, OF_THE_DISTRICT, SECOND[what])
    old = accused(x.desk_head, Case.objects.get(), x.peshawar, x.sp)
    new = taken_out(x, second, way)
    assert not any(reads(who, new) for who in (x.sp, x.co, x.sho, x.operator_peshawar))
    assert (new.withheld, new.kind, new.desk_unit) == ("accusation", old.kind, old.desk_unit)
    assert (new.accused_unit, new.accused_officers) == (x.peshawar, [x.sp.pk])
    assert new.hidden_from == old.hidden_from and not new.orders.exists()
    assert reads(x.desk_head, new)


@WHAT
def test_an_accused_operator_of_the_highest_desk_reads_none_of_it(x: SimpleNamespace, what: str) -> None:
    second = two_posts(x, OF_THE_DESK, SECOND[what])
    accused(x.desk_head, Case.objects.get(), None, x.operator)
    new = taken_out(x, second, "commander", "Who did this? DSP City must report to me")
    assert not reads(x.operator, new) and reads(x.igp, new)
    assert new.accused_officers == [x.operator.pk]


@WAYS
def test_who_served_there_when_the_accusation_came_reads_nothing_that_was_said_later(
    x: SimpleNamespace, way: str
) -> None:
    Account.objects.filter(pk=x.x.pk).update(unit=x.peshawar)
    first, second = posts.post(OF_THE_DISTRICT), posts.post(SECOND["theft"])
    posts.hears(x, first)
    Posting.objects.filter(officer=x.sho).update(ends=(NOW + 2 * DAY).date())
    posts.hears(x, second, at=NOW + 2 * DAY + HOUR)
    Posting.objects.create(
        officer=x.sho, post=post_named(x.operator_mardan), starts=(NOW - DAY).date(), ends=None
    )
    force_directory.forget()
    accused(x.desk_head, Case.objects.get(), x.peshawar)
    new = taken_out(x, second, way)
    assert -x.sho.pk in new.hidden_from


@pytest.mark.parametrize(("old", "what"), [("restricted", "tip"), ("tip", "restricted"), ("tip", "theft")])
def test_of_two_reasons_the_closer_one_counts(x: SimpleNamespace, old: str, what: str) -> None:
    hears(x, Citizen().says(SECOND[what]))
    Case.objects.update(withheld=old, withheld_why={"code": old})
    with acting(x.desk_head) as by:
        new = journey.split(message=last_said(), by=by, now=LATER)
    assert new.withheld == "tip"


def test_a_reason_quotes_nothing_that_is_not_said_in_the_case(x: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(x, citizen.says("The SHO of Kotwali asked me for a bribe"))
    old = Case.objects.get()
    quoted = old.withheld_why["words"]
    hears(x, citizen.says("My motorcycle was stolen"), at=NOW + MINUTE)
    with acting(x.desk_head) as by:
        new = journey.split(message=last_said(), by=by, now=LATER)
    assert quoted and new.withheld_why == old.withheld_why | {"words": "…"}


def part_of_accused(x: SimpleNamespace) -> Case:
    """A part, whose teller wrote on, of an incident that accuses Kotwali by now."""
    teller = Citizen()
    head, part = theft(x), theft(x, teller)
    Case.objects.filter(pk=part.pk).update(part_of=head, state="new", lead_unit=None)
    part.orders.all().delete()
    accused(x.desk_head, head, x.kotwali)
    hears(x, teller.says("There were three of them, in a blue car"), at=NOW + MINUTE)
    assert last_said().case == part
    part.refresh_from_db()
    return part


def test_what_leaves_a_part_is_kept_as_close_as_the_matter_that_it_is_part_of(x: SimpleNamespace) -> None:
    part = part_of_accused(x)
    first = part.messages.filter(direction="in").earliest("id")
    with acting(x.desk_head) as by:
        new = journey.split(message=first, by=by, now=LATER)
    assert (new.withheld, new.accused_unit) == ("accusation", x.kotwali)
    assert not reads(x.sho, new)


def test_a_part_that_is_taken_out_is_kept_as_close_as_the_matter_that_it_was_part_of(
    x: SimpleNamespace,
) -> None:
    part = part_of_accused(x)
    with acting(x.desk_head) as by:
        merging.take_out(case=part, by=by, now=LATER)
    part.refresh_from_db()
    assert (part.part_of, part.withheld, part.accused_unit) == (None, "accusation", x.kotwali)
    assert not reads(x.sho, part) and happened(part)[-1] == "taken_out"


@pytest.mark.parametrize("wrote", [True, False])
def test_a_case_whose_teller_wrote_while_it_was_merged_into_an_accusation_stays_as_close(
    x: SimpleNamespace, wrote: bool
) -> None:
    kept, teller = accusation(x), Citizen()
    hears(x, teller.says("Something bad happened there"), to=PESHAWAR_NUMBER)
    absorbed = Case.objects.latest("id")
    with acting(x.operator) as by:
        merging.merge(kept=kept, absorbed=absorbed, reason="The same", by=by, now=LATER)
    if wrote:
        hears(x, teller.says("The SHO of Kotwali beat me, too"), to=PESHAWAR_NUMBER, at=LATER + MINUTE)
        assert last_said().case == absorbed
    absorbed.refresh_from_db()
    with acting(x.operator) as by:
        merging.unmerge(case=absorbed, by=by, now=LATER + HOUR)
    absorbed.refresh_from_db()
    assert (absorbed.part_of, absorbed.withheld) == (None, "accusation" if wrote else "")
    assert reads(x.operator_peshawar, absorbed) != wrote


@pytest.mark.parametrize(("text", "code"), [(ACCUSATION["en"], ""), ("And my lamp was broken", "ab" * 16)])
def test_the_code_that_an_officer_was_shown_opens_nothing_that_is_kept_from_him(
    cast: SimpleNamespace, text: str, code: str
) -> None:
    case = theft(cast)
    Account.objects.filter(pk=case.account_id).update(channel="met")
    Case.objects.filter(pk=case.pk).update(receipt_digest="ab" * 16)
    said = case.messages.filter(direction="in").order_by("id")[0]
    Message.objects.filter(pk=said.pk).update(text=text)
    with acting(cast.desk_head) as by:
        made = journey.split(message=said, by=by, now=LATER)
    assert (bool(made.withheld), made.receipt_digest) == (not code, code)
