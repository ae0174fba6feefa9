"""Who sees a case: by a table of one force, and by what must hold in every force."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.rules.visibility import Facts, Path, desk_for_accusation, units_that_see, within

HQ, RANGE, DISTRICT, CIRCLE, STATION, SIBLING = 1, 2, 3, 4, 5, 6
OTHER_DISTRICT, OTHER_STATION, CTD = 13, 15, 20
PATHS: dict[int, Path] = {
    HQ: (1,),
    CTD: (1, 20),
    RANGE: (1, 2),
    DISTRICT: (1, 2, 3),
    CIRCLE: (1, 2, 3, 4),
    STATION: (1, 2, 3, 4, 5),
    SIBLING: (1, 2, 3, 4, 6),
    OTHER_DISTRICT: (1, 2, 13),
    OTHER_STATION: (1, 2, 13, 15),
}
CHAIN = {HQ, RANGE, DISTRICT, CIRCLE, STATION}


@pytest.mark.parametrize(
    ("kind", "desk", "accused", "tasked", "seen"),
    [
        ("ordinary", HQ, None, [], {HQ}),
        ("ordinary", DISTRICT, None, [], {HQ, RANGE, DISTRICT}),
        ("ordinary", HQ, None, [STATION], CHAIN),
        ("ordinary", DISTRICT, None, [STATION, CIRCLE], CHAIN),
        ("ordinary", HQ, None, [STATION, CTD], CHAIN | {CTD}),
        ("ordinary", DISTRICT, None, [OTHER_STATION], {HQ, RANGE, DISTRICT, OTHER_DISTRICT, OTHER_STATION}),
        ("withheld", DISTRICT, None, [], {HQ, RANGE, DISTRICT}),
        ("withheld", HQ, None, [CTD], {HQ, CTD}),
        ("accusation", HQ, None, [], {HQ}),
        ("accusation", HQ, None, [STATION, CTD, DISTRICT], {HQ}),
        ("accusation", HQ, STATION, [], {HQ}),
        ("accusation", HQ, STATION, [STATION], {HQ}),
        ("accusation", HQ, STATION, [OTHER_STATION], {HQ, OTHER_STATION}),
        ("accusation", HQ, STATION, [SIBLING, STATION], {HQ, SIBLING}),
        ("accusation", HQ, CIRCLE, [STATION, SIBLING, CIRCLE], {HQ}),
        ("accusation", DISTRICT, STATION, [], {HQ, RANGE, DISTRICT}),
    ],
)
def test_who_sees(kind: str, desk: int, accused: int | None, tasked: list[int], seen: set[int]) -> None:
    facts = Facts(
        desk=PATHS[desk],
        withheld=kind != "ordinary",
        accusation=kind == "accusation",
        accused=PATHS[accused] if accused else (),
        tasked=tuple(PATHS[unit] for unit in tasked),
    )
    assert units_that_see(facts) == seen


@st.composite
def forces(draw: st.DrawFn) -> list[Path]:
    """A tree of units as paths, the force first."""
    paths: list[Path] = [(1,)]
    for unit in range(2, draw(st.integers(3, 14))):
        paths.append((*paths[draw(st.integers(0, len(paths) - 1))], unit))
    return paths


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Path], Path, Path, tuple[Path, ...]]:
    """A force, a unit that is accused, one that has a desk, and units that are tasked."""
    paths = draw(forces())
    one = st.sampled_from(paths)
    return paths, draw(one), draw(one), tuple(draw(st.lists(one, max_size=6)))


@given(situations())
def test_the_accused_and_those_below_never_see_it_whatever_is_tasked(
    situation: tuple[list[Path], Path, Path, tuple[Path, ...]],
) -> None:
    paths, accused, _desk, tasked = situation
    if len(accused) == 1:
        return  # the whole force is accused: there is no desk outside it
    desk = desk_for_accusation(receiving=paths[0], accused=accused, desks=[paths[0]])
    seen = units_that_see(Facts(desk=desk, withheld=True, accusation=True, accused=accused, tasked=tasked))
    assert not seen & {path[-1] for path in paths if within(path, accused)}


@given(situations())
def test_between_the_accused_and_the_desk_only_who_was_tasked_sees_it(
    situation: tuple[list[Path], Path, Path, tuple[Path, ...]],
) -> None:
    paths, accused, _desk, tasked = situation
    seen = units_that_see(
        Facts(desk=paths[0], withheld=True, accusation=True, accused=accused, tasked=tasked)
    )
    assert seen <= {1} | {path[-1] for path in tasked}


@given(situations())
def test_with_the_accused_unknown_nobody_but_the_desk_sees_it(
    situation: tuple[list[Path], Path, Path, tuple[Path, ...]],
) -> None:
    _paths, _accused, desk, tasked = situation
    assert units_that_see(Facts(desk=desk, withheld=True, accusation=True, tasked=tasked)) == {desk[-1]}


@given(situations(), st.booleans())
def test_an_ordinary_case_is_seen_by_everybody_above_whoever_is_tasked(
    situation: tuple[list[Path], Path, Path, tuple[Path, ...]], withheld: bool
) -> None:
    _paths, _accused, desk, tasked = situation
    seen = units_that_see(Facts(desk=desk, withheld=withheld, accusation=False, tasked=tasked))
    assert seen == set(desk).union(*tasked)


@given(situations(), st.data())
def test_the_desk_of_an_accusation_lies_above_the_accused(
    situation: tuple[list[Path], Path, Path, tuple[Path, ...]], data: st.DataObject
) -> None:
    paths, accused, receiving, _tasked = situation
    desks = [paths[0], *data.draw(st.lists(st.sampled_from(paths), max_size=4))]
    desk = desk_for_accusation(receiving=receiving, accused=accused, desks=desks)
    assert desk in desks
    if len(accused) > 1:
        assert within(accused, desk) and not within(desk, accused)
        nearer = [other for other in desks if within(accused, other) and other != accused]
        assert len(desk) == max(map(len, nearer))
    unknown = desk_for_accusation(receiving=receiving, accused=(), desks=desks)
    assert unknown == paths[0]


def test_a_unit_lies_within_itself_and_nothing_within_nothing() -> None:
    assert within((1, 2), (1, 2)) and within((1, 2, 3), (1, 2))
    assert not within((1, 2), (1, 3)) and not within((1,), (1, 2)) and not within((1,), ())
