"""The gateway as providers meet it: a real process before a real database that stops, hangs and comes back."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.intake.bodies import FIRST, SECOND, body, change, message, signed
from tests.intake.site import READ, Site, running

HANDSHAKE = "/hooks/hook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="


@pytest.fixture(scope="module")
def site(new_home: Callable[[], Path]) -> Iterator[Site]:
    with running(new_home()) as site:
        yield site


def kept(site: Site) -> int:
    return int(site.sql("SELECT count(*) FROM intake_journal")[0][0])


def test_handshake(site: Site) -> None:
    assert site.get(HANDSHAKE + "word") == (200, "1158201444")
    assert site.get(HANDSHAKE + "guess")[0] == 403
    assert site.get("/hooks/nobody?hub.mode=subscribe")[0] == 404


def test_wrong_signature_leaves_a_number_and_nothing_else(site: Site) -> None:
    raw, before = body(change(messages=[message("forged")])), kept(site)
    assert site.post(raw, headers=signed(raw, secret="guess")) == 403
    assert site.post(raw, headers={}) == 403
    assert site.post(raw + b" ", headers=signed(raw)) == 403
    assert kept(site) == before
    counted = "SELECT coalesce(sum(requests), 0) FROM intake_refused"
    site.wait_until(lambda: site.sql(counted)[0][0] == 3)


def test_unknown_hooks_and_those_of_pages_are_not_found(site: Site) -> None:
    raw = body(change(messages=[message(1)]))
    assert site.post(raw, hook="nobody") == 404
    assert site.post(raw, hook="form") == 404
    assert site.get("/")[0] == 404


def test_too_large_is_refused_and_just_not_too_large_is_kept(site: Site) -> None:
    before = kept(site)
    assert site.post(b"x" * (4 * 1024 * 1024 + 1)) == 413
    assert kept(site) == before
    assert site.post(b"x" * (4 * 1024 * 1024)) == 200
    assert kept(site) == before + 1


def test_what_was_answered_200_is_in_the_journal(site: Site) -> None:
    before = kept(site)
    raws = [body(change(messages=[message(f"many {n}")])) for n in range(300)]
    assert set(site.post_together(raws)) == {200}
    assert kept(site) == before + 300
    unread = "SELECT count(*) FROM intake_journal j LEFT JOIN intake_unread u ON u.journal_id = j.id"
    assert site.sql(unread + " WHERE u.journal_id IS NULL") == [(0,)]


def test_stalled_and_cut_off_bodies_hold_nobody_up(site: Site) -> None:
    before = kept(site)
    head = b"POST /hooks/hook HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nhalf of it"
    stalled = [site.raw_connection() for _ in range(50)]
    for connection in stalled:
        connection.sendall(head)
    started = time.monotonic()
    assert site.post(body(change(messages=[message("between")]))) == 200
    assert time.monotonic() - started < 5
    for connection in stalled:
        connection.close()
    assert kept(site) == before + 1


def test_a_new_hook_is_known_at_once(site: Site) -> None:
    assert site.post(b"{}", hook="fresh") == 404
    site.sql(
        "INSERT INTO channels_credential (channel, name, hook, sealed_values)"
        " SELECT channel, 'fresh', 'fresh', sealed_values FROM channels_credential WHERE hook = 'hook'"
    )
    site.wait_until(lambda: site.post(body(change("unknown")), hook="fresh") == 200, seconds=5)


def test_copies_that_arrive_together_have_one_effect(site: Site) -> None:
    """Twenty copies through the gateway, read by two workers at once; in it one broken item and two numbers."""
    site.read()
    batch = [message(f"copy {n}") for n in range(40)]
    raw = body(
        change(FIRST, messages=batch), change(SECOND, messages=[message("copy of the second"), "broken"])
    )
    assert set(site.post_together([raw] * 20)) == {200}
    readers = [site.started(READ, role="rabta_worker") for _ in range(2)]
    heard = []
    for reader in readers:
        output = reader.communicate(timeout=60)[0]
        assert reader.returncode == 0
        heard += __import__("json").loads(output)["heard"]
    assert sorted(heard) == sorted([f"wamid.copy {n}" for n in range(40)] + ["wamid.copy of the second"])
    ledger = site.read()["ledger"]
    assert ledger["balanced"], ledger
    second = next(account for account in ledger["accounts"] if account["name"] == "Second")
    assert (second["received"], second["messages"], second["duplicates"], second["quarantined"]) == (
        40,
        1,
        19,
        20,
    )


def test_database_gone_is_503_and_comes_back_by_itself(site: Site) -> None:
    from rabta import embedded

    assert site.post(body(change(messages=[message("before")]))) == 200
    embedded.stop(site.home)
    try:
        bodies = [body(change(messages=[message(f"lost {n}")])) for n in range(20)]
        assert set(site.post_together(bodies)) == {503}
        # Just after the hooks were read a miss is a miss; then nobody knows.
        site.wait_until(lambda: site.post(b"{}", hook="nobody") == 503, seconds=10)
    finally:
        site.start_database()
    site.wait_until(lambda: site.post(body(change(messages=[message("after")]))) == 200, seconds=10)
    heard = site.read()["heard"]
    assert {"wamid.before", "wamid.after"} <= set(heard)
    assert not [word for word in heard if "lost" in word]
    site.wait_until(lambda: site.get("/health")[0] == 200)


def test_database_that_hangs_is_503_in_time_and_comes_back_by_itself(site: Site) -> None:
    site.signal_database(signal.SIGSTOP)
    started = time.monotonic()
    try:
        answers = site.post_together([body(change(messages=[message(f"hung {n}")])) for n in range(8)])
    finally:
        site.signal_database(signal.SIGCONT)
    assert set(answers) == {503}
    assert time.monotonic() - started < 15
    site.wait_until(lambda: site.post(body(change(messages=[message("again")]))) == 200, seconds=15)


def test_no_false_200_when_the_disk_refuses(site: Site) -> None:
    """A trigger stands in for the full disk: PostgreSQL reports 53100 from the insert."""
    site.sql(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$;"
        "CREATE TRIGGER full_disk BEFORE INSERT ON intake_unread EXECUTE FUNCTION full_disk()"
    )
    before = kept(site)
    assert site.post(body(change(messages=[message("full")]))) == 503
    site.sql("DROP TRIGGER full_disk ON intake_unread; DROP FUNCTION full_disk()")
    assert kept(site) == before
    assert site.post(body(change(messages=[message("room")]))) == 200


def sent_until_it_ends(site: Site, name: str, number: int) -> tuple[set[str], int]:
    """Eight lanes send while the gateway gets a signal: the texts that were answered 200, and the exit code."""
    answered: list[str] = []

    def keep_sending(lane: int) -> None:
        for n in range(1000):
            word = f"{name} {lane} {n}"
            if site.post(body(change(messages=[message(word)]))) != 200:
                return
            answered.append(f"wamid.{word}")

    lanes = [threading.Thread(target=keep_sending, args=[lane]) for lane in range(8)]
    for lane in lanes:
        lane.start()
    site.wait_until(lambda: len(answered) > 50)
    code = site.stop_gateway(number)
    for lane in lanes:
        lane.join(30)
    return set(answered), code


def test_stop_finishes_what_is_in_flight(site: Site) -> None:
    """Requests run while SIGTERM comes: exactly those that were answered 200 are there, and the process ends well."""
    before = kept(site)
    answered, code = sent_until_it_ends(site, "late", signal.SIGTERM)
    assert code == 0
    assert kept(site) == before + len(answered)
    site.start_gateway()
    assert site.post(body(change(messages=[message("next day")]))) == 200


def test_sigkill_loses_nothing_that_was_answered(site: Site) -> None:
    answered, _code = sent_until_it_ends(site, "killed", signal.SIGKILL)
    assert answered <= set(site.read()["heard"])
    site.start_gateway()
