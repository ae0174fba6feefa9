"""What a listener is told, and how changes travel between processes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rabta.kit.changes import Change, pack, unpack
from rabta.web.hub import MOST_PENDING, Hub, Viewer

STATION = Viewer(
    session="s", officer=1, units=frozenset({7, -1}), shut_out_as=frozenset({7, -1}), posts=frozenset({70})
)


def change(case: str, *units: int, posts: tuple[int, ...] = ()) -> Change:
    return Change(case=case, units=frozenset(units), posts=frozenset(posts))


def test_a_case_of_another_unit_is_not_told() -> None:
    hub = Hub()
    listener = hub.add(STATION)
    hub.publish([change("abc", 8, 9)])
    assert not listener.wake.is_set()
    assert listener.take() == ""


def test_holding_the_order_is_not_enough_where_the_case_is_hidden() -> None:
    listener = Hub().add(STATION)
    listener.hear(change("abc", 8, posts=(70,)))
    assert listener.take() == ""


def test_a_case_that_changes_often_is_told_once() -> None:
    listener = Hub().add(STATION)
    for _ in range(5):
        listener.hear(change("abc", 7))
    assert listener.take() == "event: case\ndata: abc\n\n"
    assert listener.take() == ""


def test_a_flood_becomes_one_refresh() -> None:
    listener = Hub().add(STATION)
    for number in range(MOST_PENDING + 5):
        listener.hear(change(f"c{number}", 7))
    assert listener.take() == "event: refresh\ndata: \n\n"


def test_a_closed_listener_tells_nothing_more() -> None:
    listener = Hub().add(STATION)
    listener.hear(change("abc", 7))
    listener.close()
    assert listener.closed
    assert listener.take() == ""


numbers = st.frozensets(st.integers(1, 2**40), max_size=30)
changes = st.lists(
    st.builds(
        Change, case=st.text("0123456789abcdef", min_size=16, max_size=16), units=numbers, posts=numbers
    )
)


@settings(max_examples=30)
@given(changes)
def test_changes_arrive_as_they_were_sent_in_pieces_that_fit(sent: list[Change]) -> None:
    texts = pack(sent)
    assert all(len(text.encode()) < 8000 for text in texts)
    assert [change for text in texts for change in unpack(text)] == sent
