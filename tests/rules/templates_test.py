"""Which approved template goes, for every way in which a provider may stand to it."""

import pytest

from rabta.rules.templates import PLAINER, Choice, Known, choose

APPROVED, PENDING = (Known(state=state, variables=2, replies=3) for state in ("approved", "pending"))
NEUTRAL = Known(state="approved", variables=1)


def chosen(known: dict[tuple[str, str], Known], language: str = "ur", name: str = "update_v1") -> str:
    found = choose(known=known, name=name, language=language, variables=2, fallback=("hi", "en"))
    if isinstance(found, Choice):
        return f"{found.name} {found.language} {found.variables} {found.replies}"
    return found


@pytest.mark.parametrize(
    ("known", "goes"),
    [
        ({("update_v1", "ur"): APPROVED, ("update_v1", "en"): APPROVED}, "update_v1 ur 2 3"),
        ({("update_v1", "ur"): PENDING, ("update_v1", "en"): APPROVED}, "update_v1 en 2 3"),
        ({("update_v1", "hi"): APPROVED, ("update_v1", "en"): APPROVED}, "update_v1 hi 2 3"),
        ({("update_v1", "ur_PK"): APPROVED}, "update_v1 ur_PK 2 3"),
        ({("update_v1", "en_GB"): APPROVED, ("update_v1", "en_US"): APPROVED}, "update_v1 en_GB 2 3"),
        ({("update_v1", "ur"): PENDING, ("neutral_v1", "ur"): NEUTRAL}, "neutral_v1 ur 1 0"),
        ({("neutral_v1", "en"): NEUTRAL}, "neutral_v1 en 1 0"),
    ],
)  # fmt: skip
def test_what_goes(known: dict[tuple[str, str], Known], goes: str) -> None:
    assert chosen(known) == goes


def test_without_a_plainer_one_the_reason_is_said() -> None:
    order = {("order_v1", "ur"): Known(state="rejected", variables=4)}
    assert chosen(order, name="order_v1") == "The template order_v1 is not approved (rejected)."
    wrong = {("order_v1", "ur"): Known(state="approved", variables=4)}
    assert "another number of variables than 2" in chosen(wrong, name="order_v1")
    assert "has no template other" in chosen({}, name="other")
    assert set(PLAINER) == {"update_v1", "bulletin_v1", "passed_up_v1"}
