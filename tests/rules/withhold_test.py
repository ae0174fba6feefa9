"""Why a case must wait for a person: an accusation before a tip, a tip before a restricted category."""

import pytest

from rabta.rules.matter import Category, Said, withhold
from rabta.triage import tables


def said(category: str = "", **facts: str) -> Said:
    return Said(
        **{
            "category": category,
            "chosen_kind": "",
            "accusing": "",
            "accusing_like": "",
            "tipping": "",
            **facts,
        }
    )


@pytest.mark.parametrize(
    ("what", "reason", "code"),
    [
        (said("theft"), "", None),
        (said(), "", None),
        (said("no such category"), "", None),
        (said("extortion"), "restricted", "restricted"),
        (said("crime_tip"), "tip", "tip"),
        (said("theft", tipping="keep my name secret"), "tip", "tip"),
        (said("theft", chosen_kind="tip"), "tip", "tip_chosen"),
        (said("extortion", tipping="secret"), "tip", "tip"),
        (said("theft", tipping_like="sells … ice"), "tip", "tip"),
        (said("", tipping_like="sells … ice"), "tip", "tip"),
        (said("missing_person", tipping_like="girls … sold"), "", None),
        (said("life_in_danger", tipping_like="armed men … hiding"), "", None),
        (said("extortion", tipping_like="armed men … hiding"), "restricted", "restricted"),
        (said("against_police"), "accusation", "accusation"),
        (said("theft", accusing="constable … bribe"), "accusation", "accusation"),
        (said("extortion", accusing="x", tipping="y"), "accusation", "accusation"),
        (said("theft", accusing_like="told me"), "accusation", "accusation_like"),
        (said("", accusing_like="told me", tipping="secret"), "accusation", "accusation_like"),
        (said("life_in_danger", accusing_like="told me"), "", None),
        (said("theft", chosen_kind="complaint_against_police"), "accusation", "accusation_chosen"),
        (said("crime_tip", chosen_kind="complaint_against_police"), "accusation", "accusation_chosen"),
    ],
    ids=str,
)
def test_the_first_reason_that_fits_is_named(what: Said, reason: str, code: str | None) -> None:
    found, why = withhold(what, categories=tables.categories())
    assert (found, why.get("code")) == (reason, code)


@pytest.mark.parametrize("category", tables.categories().values(), ids=lambda c: c.code)
def test_no_restricted_category_goes_by_itself(category: Category) -> None:
    found, _why = withhold(said(category.code), categories=tables.categories())
    must_wait = category.restricted or category.kind in ("tip", "complaint_against_police")
    assert bool(found) == must_wait
