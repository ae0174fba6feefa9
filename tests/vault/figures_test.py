"""What somebody finds who has a dump of the database and every key of the server."""

from collections.abc import Iterable
from types import SimpleNamespace

import pyrage
import pytest
from cryptography.fernet import InvalidToken
from django.db import connection

from rabta import keys
from rabta.people.models import Handle, Person, Sealed
from rabta.retention import erasing
from tests.cast import DAY, NOW, Citizen, as_role, hears
from tests.people import holders

SOURCES = 12
TIP = "Secret information, do not tell anyone my name: a drug dealer near Kotwali, my number is {number}"
PAIRS = ("journal", "files", "relay")


@pytest.fixture(scope="module")
def _standing_cast(django_db_setup, django_db_blocker):
    from django.db import transaction

    from tests import cast

    with django_db_blocker.unblock(), transaction.atomic():
        yield cast.make()
        transaction.set_rollback(True)


@pytest.fixture
def cast(_standing_cast, db):
    from rabta.force import directory

    directory.forget()
    yield _standing_cast
    directory.forget()


def opened(box: bytes, pairs: Iterable[str]) -> bytes | None:
    """What the secret halves of these pairs make of it; None when none of them fits."""
    for pair in pairs:
        try:
            return keys.open_with(pair, bytes(box))
        except pyrage.DecryptError:
            continue
    return None


def plain(numbers: list[str]) -> set[str]:
    """The tables in which one of these numbers can be read, as it is or after any key of the server was tried."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped"
            " AND c.relnamespace = 'public'::regnamespace AND a.atttypid = 'bytea'::regtype"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')
            for (value,) in cursor.fetchall():
                texts = _tried(bytes(value))
                if any(number.encode() in text for number in numbers for text in texts):
                    found.add(f"{table}.{column}")
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in cursor.fetchall():
            for number in numbers:
                cursor.execute(f'SELECT 1 FROM "{table}" t WHERE t::text LIKE %s LIMIT 1', [f"%{number}%"])
                found |= {table} if cursor.fetchone() else set()
    return found


def _tried(value: bytes) -> list[bytes]:
    texts = [value]
    inside = opened(value, PAIRS)
    texts += [inside] if inside else []
    for name in ("desk", "accounts"):
        try:
            texts.append(keys.fernet(name).decrypt(value))
        except InvalidToken:
            continue
    return texts


@pytest.mark.security
def test_a_dump_and_all_keys_of_the_server_open_no_sealed_name(cast: SimpleNamespace, figure) -> None:
    held = holders.make(cast)
    citizens = [Citizen() for _ in range(SOURCES)]
    for citizen in citizens:
        hears(cast, citizen.says(TIP.format(number=f"0{citizen.phone[2:]}")))
    boxes = list(Sealed.objects.values_list("box", flat=True))
    assert Person.objects.filter(protected=True, sealed_at__isnull=False).count() == SOURCES
    server = [keys.identity(pair) for pair in PAIRS]
    by_server = sum(opened(box, PAIRS) is not None for box in boxes)
    figure("sealed identities opened from dump and all server keys", f"{by_server} of {len(boxes)}", "0")
    assert by_server == 0
    for group in ("custodian", "approver"):
        one_group = [one.key for one in held.values() if one.holder.group == group]
        alone = sum(holders.opens(box, *one_group, *server) for box in boxes)
        figure(
            f"sealed identities opened by all {group} keys and all server keys",
            f"{alone} of {len(boxes)}",
            "0",
        )
        assert alone == 0
    both = [held["oversight"].key, held["ctd_head"].key]
    assert all(holders.opens(box, *both) for box in boxes)  # the boxes are not just noise

    with as_role("rabta_worker"):
        erasing.run(now=NOW + DAY)  # the journal of these minutes is shredded
    numbers = [citizen.phone[2:] for citizen in citizens]
    known = sum(bool(handle.address) for handle in Handle.objects.all())
    figure(
        "addresses of protected people that the relay key opens while cases are open",
        known,
        str(SOURCES),
    )
    assert known == SOURCES
    assert plain(numbers) == {"people_handle.address"}

    _close_all()
    with as_role("rabta_worker"):
        erasing.run(now=NOW + 31 * DAY)
    left = sum(bool(handle.address) for handle in Handle.objects.all())
    figure("the same 31 days after closing", left, "0")
    assert left == 0 and plain(numbers) == set()


def _close_all() -> None:
    from rabta.cases.models import Case

    Case.objects.update(state="closed", outcome="advice", closed_at=NOW)


@pytest.mark.security
def test_without_the_relay_key_no_address_is_read(cast: SimpleNamespace, figure) -> None:
    holders.make(cast)
    for _ in range(SOURCES):
        hears(cast, Citizen().says(TIP.format(number="")))
    others = [pair for pair in PAIRS if pair != "relay"]
    opened_without = sum(opened(handle.address, others) is not None for handle in Handle.objects.all())
    figure(
        "addresses of protected people opened without the relay key", f"{opened_without} of {SOURCES}", "0"
    )
    assert opened_without == 0
    assert not Handle.objects.exclude(shown=None).exists()
