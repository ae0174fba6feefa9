"""Rates by a clock that the test turns itself."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from rabta.channels.contract import Limits, Windowed
from rabta.outbox.rate import Bucket, Pairs


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.floats(min_value=0, max_value=2), min_size=1, max_size=60))
def test_no_second_ever_holds_much_more_than_the_rate(pauses: list[float]) -> None:
    clock = Clock()
    bucket = Bucket(rate=80, clock=clock)
    taken: list[tuple[float, int]] = []
    for pause in pauses:
        clock.now += pause
        taken.append((clock.now, bucket.available()))
        bucket.take(taken[-1][1])
    for start, _tokens in taken:
        assert sum(tokens for at, tokens in taken if start <= at < start + 1) <= 80 * 1.1


def test_the_whole_rate_is_used_when_asked_often_enough() -> None:
    clock = Clock()
    bucket = Bucket(rate=80, clock=clock)
    total = 0
    for _step in range(500):
        clock.now += 0.02
        total += (tokens := bucket.available())
        bucket.take(tokens)
    assert 790 <= total <= 800


def test_a_slow_account_still_sends_one() -> None:
    clock = Clock()
    bucket = Bucket(rate=0.5, clock=clock)
    assert bucket.available() == 0
    clock.now += 10
    assert bucket.available() == 1


def test_after_a_complaint_it_goes_half_as_fast_and_recovers() -> None:
    clock = Clock()
    bucket = Bucket(rate=100, clock=clock)

    def in_the_next_second() -> int:
        total = 0
        for _step in range(50):
            clock.now += 0.02
            total += (tokens := bucket.available())
            bucket.take(tokens)
        return total

    assert in_the_next_second() >= 98
    bucket.slow_down()
    bucket.slow_down()
    assert bucket.available() == 0
    assert 45 <= in_the_next_second() <= 56
    clock.now += 20
    in_the_next_second()
    assert in_the_next_second() >= 98


def test_to_one_person_a_burst_and_then_one_each_interval() -> None:
    clock = Clock()
    pairs = Pairs(interval=timedelta(seconds=6), burst=45, clock=clock)
    assert [pairs.take(b"a") for _n in range(45)] == [None] * 45
    assert pairs.take(b"a") == timedelta(seconds=6)
    assert pairs.take(b"b") is None
    clock.now += 6
    assert pairs.take(b"a") is None
    assert pairs.take(b"a") is not None
    clock.now += 45 * 6
    assert [pairs.take(b"a") for _n in range(45)] == [None] * 45


def test_without_a_limit_to_one_person_there_is_none() -> None:
    pairs = Pairs(interval=None, burst=1, clock=Clock())
    assert [pairs.take(b"a") for _n in range(1000)] == [None] * 1000


def test_an_account_sends_only_so_many_in_a_time_of_each_kind() -> None:
    clock = Clock()
    within = timedelta(minutes=15)
    windowed = {"public": Windowed(most=2, within=within), "private": Windowed(most=1, within=within)}
    pairs = Pairs.of(Limits(text_length=1, windowed=windowed), clock=clock)
    assert pairs.take(b"a", public=True) is None
    clock.now += 60
    assert pairs.take(b"b", public=True) is None
    assert pairs.take(b"c", public=True) == timedelta(minutes=14)
    assert pairs.take(b"c") is None, "private letters are counted apart"
    assert pairs.take(b"d") == within
    clock.now += 14 * 60
    assert pairs.take(b"c", public=True) is None
    assert pairs.take(b"c", public=True) == timedelta(minutes=1)


def test_what_another_relay_sent_counts() -> None:
    clock, within = Clock(), timedelta(minutes=15)
    pairs = Pairs.of(
        Limits(text_length=1, windowed={"private": Windowed(most=2, within=within)}), clock=clock
    )
    pairs.recall([("private", 800.0), ("public", 700.0), ("private", 600.0)])
    assert pairs.take(b"a") == timedelta(seconds=100)
    clock.now += 100
    assert pairs.take(b"a") is None
    assert pairs.take(b"a") == timedelta(seconds=200)
