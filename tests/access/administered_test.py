"""What the web process may change of the force, by the database's own word."""

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from tests.cast import acting, as_role

FORBIDDEN = [
    "INSERT INTO force_posting (officer_id, post_id, kind, starts, order_number)"
    " SELECT id, (SELECT min(id) FROM force_post), 'regular', '2026-01-01', '' FROM force_officer"
    " WHERE username = 'nobody'",
    "UPDATE force_posting SET ends = starts",
    "UPDATE force_post SET role = 'chief' WHERE role = 'sho'",
    "UPDATE force_unit SET parent_id = NULL WHERE code = 'kotwali'",
    "UPDATE force_officer SET is_active = false WHERE username = 'igp'",
    "UPDATE force_officer SET phone = '+1' WHERE username = 'igp'",
    "UPDATE force_officer SET password = 'mine' WHERE username = 'igp'",
]
NEVER = [
    "INSERT INTO force_apitoken (officer_id, digest, label, created_at)"
    " SELECT id, 'x', '', now() FROM force_officer LIMIT 1",
    "UPDATE force_apitoken SET revoked_at = NULL",
    "UPDATE force_apitoken SET officer_id = 1",
]


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            assert cursor.rowcount, "the statement would change nothing"
            transaction.set_rollback(True)
    except DatabaseError as error:
        return "permission denied" in str(error)
    return False


@pytest.mark.parametrize("who", ["operator", "desk_head", "sp", "oversight", "nobody"])
def test_who_is_no_administrator_changes_nothing_of_the_force(world: SimpleNamespace, who: str) -> None:
    with acting(getattr(world.cast, who)):
        assert [statement for statement in FORBIDDEN + NEVER if not refused(statement)] == []


def test_nobody_changes_anything_without_a_context(world: SimpleNamespace) -> None:
    with as_role("rabta_web"):
        assert [statement for statement in FORBIDDEN[:-1] + NEVER if not refused(statement)] == []


def test_an_administrator_does(world: SimpleNamespace) -> None:
    with acting(world.cast.administrator):
        assert [statement for statement in FORBIDDEN if refused(statement)] == []
        assert [statement for statement in NEVER if not refused(statement)] == []


def test_everybody_changes_his_own_password_and_settings(world: SimpleNamespace) -> None:
    own = (
        "UPDATE force_officer SET password = 'x', language = 'ur', last_login = now() WHERE username = 'sho'"
    )
    with acting(world.cast.sho):
        assert not refused(own)
