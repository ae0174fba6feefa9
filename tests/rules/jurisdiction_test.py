"""Routing in any force: what is withheld never goes by itself, and nobody leads who is not named by place or matter."""

from hypothesis import given
from hypothesis import strategies as st

from rabta.routing.route import matters
from rabta.rules.jurisdiction import Matter, NamedPlace, Situation, Unit, decide

STATIONS, CELLS = (11, 12, 13), {"women": 21, "ctd": 22}
UNITS = {
    1: Unit(id=1, name="Force", level="force", path=(1,)),
    2: Unit(id=2, name="District", level="district", path=(1, 2)),
    3: Unit(id=3, name="Circle", level="circle", path=(1, 2, 3)),
    11: Unit(id=11, name="Kotwali", level="station", path=(1, 2, 3, 11)),
    12: Unit(id=12, name="Gulbahar", level="station", path=(1, 2, 3, 12)),
    13: Unit(id=13, name="Far", level="station", path=(1, 4, 13)),
    21: Unit(id=21, name="Women", level="cell", path=(1, 21)),
    22: Unit(id=22, name="CTD", level="cell", path=(1, 22)),
}
WHY = {"code": "tip_chosen"}

some_stations = st.sampled_from([(11,), (12,), (13,), (11, 12), (12, 13), (11, 13), STATIONS])
stations = st.just(()) | some_stations
situations = st.builds(
    Situation,
    category=st.sampled_from(["", "unheard of", *matters()]),
    withheld=st.sampled_from([{}, WHY]),
    secret=st.booleans(),
    received_by=st.sampled_from([(), (1,), (1, 2), (1, 4), (1, 2, 3, 11)]),
    pinned=st.none() | stations,
    chosen_on_map=st.booleans(),
    named=st.lists(
        st.builds(NamedPlace, name=st.sampled_from(["Dagai", "Manki"]), stations=some_stations),
        max_size=3,
    ).map(tuple),
)
cells = st.sampled_from([CELLS, {}, {"women": 21}])


@given(situations, cells)
def test_what_is_withheld_never_goes_by_itself(situation: Situation, cells: dict[str, int]) -> None:
    route = decide(situation, matters=matters(), units=UNITS, cells=cells)
    if situation.withheld:
        assert not route.orders and route.waiting == situation.withheld


@given(situations, cells)
def test_of_a_secret_matter_nobody_is_even_suggested(situation: Situation, cells: dict[str, int]) -> None:
    route = decide(situation, matters=matters(), units=UNITS, cells=cells)
    if situation.withheld and situation.secret:
        assert (route.lead, route.inform, route.support) == (None, None, None)


@given(situations, cells)
def test_a_matter_that_is_not_automatic_never_goes_by_itself(
    situation: Situation, cells: dict[str, int]
) -> None:
    route = decide(situation, matters=matters(), units=UNITS, cells=cells)
    matter = matters().get(situation.category)
    if matter is None or not matter.automatic or matter.lead == "desk":
        assert not route.orders


@given(situations, cells)
def test_only_a_station_of_the_place_or_the_cell_of_the_matter_leads(
    situation: Situation, cells: dict[str, int]
) -> None:
    route = decide(situation, matters=matters(), units=UNITS, cells=cells)
    places = set(situation.pinned or ()).union(*(place.stations for place in situation.named))
    if situation.pinned is not None:
        places = set(situation.pinned)
    matter = matters().get(situation.category)
    may_lead = {cells.get(matter.lead.removeprefix("cell:"))} if matter and ":" in matter.lead else places
    assert route.lead is None or route.lead in may_lead


@given(situations, cells)
def test_every_decision_says_why(situation: Situation, cells: dict[str, int]) -> None:
    route = decide(situation, matters=matters(), units=UNITS, cells=cells)
    assert route.why if route.orders else route.waiting
    assert not (route.lead is None and route.inform is not None)
    assert route.support is None or route.support != route.lead


@given(situations, cells)
def test_whoever_is_informed_is_the_circle_above_the_station(
    situation: Situation, cells: dict[str, int]
) -> None:
    route = decide(situation, matters=matters(), units=UNITS, cells=cells)
    if route.inform is not None:
        assert UNITS[route.inform].level == "circle" and route.lead is not None
        assert route.inform in UNITS[route.lead].path or matters()[situation.category].lead.startswith(
            "cell:"
        )


MATTER = {
    "theft": Matter(category="theft", lead="station", inform="circle", support="none", automatic=True),
    "threat": Matter(category="threat", lead="cell:ctd", inform="none", support="none", automatic=True),
}


def test_a_point_decides_against_a_name() -> None:
    situation = Situation(category="theft", pinned=(12,), named=(NamedPlace(name="Kotwali", stations=(11,)),))
    route = decide(situation, matters=MATTER, units=UNITS, cells=CELLS)
    assert (route.lead, route.inform, route.why["code"]) == (12, 3, "pin")


def test_a_point_outside_waits_even_when_a_place_is_named() -> None:
    situation = Situation(category="theft", pinned=(), named=(NamedPlace(name="Kotwali", stations=(11,)),))
    route = decide(situation, matters=MATTER, units=UNITS, cells=CELLS)
    assert (route.lead, route.waiting) == (None, {"code": "outside"})


def test_a_matter_of_a_cell_that_this_force_has_not_waits() -> None:
    route = decide(Situation(category="threat", pinned=(11,)), matters=MATTER, units=UNITS, cells={})
    assert (route.lead, route.waiting) == (None, {"code": "nobody"})


def test_two_names_that_agree_on_one_station_decide() -> None:
    named = (NamedPlace(name="Dagai", stations=(11, 13)), NamedPlace(name="Bazaar", stations=(11, 12)))
    route = decide(Situation(category="theft", named=named), matters=MATTER, units=UNITS, cells=CELLS)
    assert route.lead == 11
