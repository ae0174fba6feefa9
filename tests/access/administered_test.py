"""What the web process may change of the force, by the database's own word."""

from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.db import DatabaseError, connection, transaction

from rabta.force.models import Officer, Role, Unit
from rabta.web import proposals
from rabta.web.models import Proposal
from tests.cast import NOW, acting, as_role
from tests.web.small_force import officer

FORBIDDEN = [
    "INSERT INTO force_posting (officer_id, post_id, kind, starts, order_number)"
    " SELECT id, (SELECT min(id) FROM force_post), 'regular', '2026-01-01', '' FROM force_officer"
    " WHERE username = 'nobody'",
    "UPDATE force_posting SET ends = starts FROM force_officer o WHERE o.id = officer_id AND username = 'sho'",
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


OWN = [
    "UPDATE force_posting SET ends = starts FROM force_officer o"
    " WHERE o.id = officer_id AND username = 'administrator'",
    "INSERT INTO force_posting (officer_id, post_id, kind, starts, order_number)"
    " SELECT id, (SELECT min(id) FROM force_post WHERE role = 'chief'), 'regular', '2026-01-01', ''"
    " FROM force_officer WHERE username = 'administrator'",
    "UPDATE force_officer SET phone = '+1' WHERE username = 'administrator'",
]


def second_administrator(at: Unit) -> Officer:
    made = officer("second", Role.ADMINISTRATOR, at)
    made.set_password("quiet harbour window")
    made.save()
    return made


def test_nobody_posts_himself_or_changes_his_own_number_once_there_is_a_second(
    world: SimpleNamespace,
) -> None:
    with acting(world.cast.administrator):
        assert [statement for statement in OWN if refused(statement)] == []
    second = second_administrator(world.cast.desk_hq)
    with acting(world.cast.administrator):
        assert [statement for statement in OWN if not refused(statement)] == []
    with acting(second):
        assert [statement for statement in OWN if refused(statement)] == []


def test_a_second_one_below_the_force_does_not_count(world: SimpleNamespace) -> None:
    second_administrator(world.cast.desk_peshawar)
    with acting(world.cast.administrator):
        assert [statement for statement in OWN if refused(statement)] == []


def by(username: str) -> str:
    return f"WHERE username = '{username}'"


REACHED = [  # by the administrator of Peshawar, whether he may
    ("UPDATE force_officer SET phone = '+1' " + by("sho"), True),
    ("UPDATE force_officer SET phone = '+1' " + by("sho-rustam"), False),
    ("UPDATE force_officer SET password = 'x' " + by("sho"), True),
    ("UPDATE force_officer SET password = 'x' " + by("igp"), False),
    ("UPDATE force_unit SET name = 'x' WHERE code = 'kotwali'", True),
    ("UPDATE force_unit SET name = 'x' WHERE code = 'rustam'", False),
    ("UPDATE force_unit SET parent_id = (SELECT id FROM force_unit WHERE code = 'rural') WHERE code = 'kotwali'",
     False),
    ("UPDATE force_post SET name = 'x' WHERE code = 'sho-post'", True),
    ("UPDATE force_post SET name = 'x' WHERE code = 'igp-post'", False),
    ("UPDATE force_post SET unit_id = (SELECT id FROM force_unit WHERE code = 'kotwali') WHERE code = 'igp-post'",
     False),
    ("UPDATE force_posting SET ends = starts FROM force_post p WHERE p.id = post_id AND code = 'co-post'", True),
    ("UPDATE force_posting SET ends = starts FROM force_post p WHERE p.id = post_id AND code = 'igp-post'", False),
    ("INSERT INTO force_posting (officer_id, post_id, kind, starts, order_number) SELECT id, (SELECT id FROM"
     " force_post WHERE code = 'igp-post'), 'regular', '2026-01-01', '' FROM force_officer " + by("nobody"), False),
    ("UPDATE force_level SET name = 'x' WHERE code = 'station'", False),
]  # fmt: skip


def test_an_administrator_of_a_part_reaches_what_lies_below_it(world: SimpleNamespace) -> None:
    with acting(second_administrator(world.cast.desk_peshawar)):
        for statement, may in REACHED:
            assert refused(statement) is not may, statement


def test_everybody_changes_his_own_password_and_settings(world: SimpleNamespace) -> None:
    own = (
        "UPDATE force_officer SET password = 'x', language = 'ur', last_login = now() WHERE username = 'sho'"
    )
    with acting(world.cast.sho):
        assert not refused(own)


TWO = [  # what the web process writes only to carry out what another administrator asked for
    "INSERT INTO force_posting (officer_id, post_id, kind, starts, order_number) SELECT id, (SELECT id FROM"
    " force_post WHERE code = 'igp-post'), 'regular', '2026-01-01', '' FROM force_officer " + by("nobody"),
    "UPDATE force_posting SET ends = starts FROM force_post p WHERE p.id = post_id AND code = 'igp-post'",
    "UPDATE force_officer SET phone = '+1' " + by("igp"),
    "UPDATE force_post SET role = 'chief' WHERE code = 'sho-post'",
    "UPDATE force_unit SET accusations_to_id = (SELECT id FROM force_unit WHERE code = 'ctd') WHERE code = 'kotwali'",
    "UPDATE force_unit SET parent_id = (SELECT id FROM force_unit WHERE code = 'rural') WHERE code = 'kotwali'",
    "INSERT INTO web_passwordlink (token, given_at, officer_id, given_by_id)"
    " SELECT 'x', now(), id, id FROM force_officer " + by("igp"),
    "INSERT INTO force_pin (digest, tries, given, set_at, officer_id)"
    " SELECT 'x', 0, true, now(), id FROM force_officer " + by("igp"),
    "DELETE FROM mfa_authenticator a USING force_officer o WHERE o.id = a.user_id AND username = 'igp'",
    "INSERT INTO force_ownaccount (public_id, scheme, handle, name, officer_id, added_at)"
    " SELECT 'x', 'x_user', '1', '@x', id, now() FROM force_officer " + by("igp"),
    "UPDATE channels_account SET holder_id = (SELECT id FROM force_post WHERE code = 'igp-post')",
]  # fmt: skip
ONE = [  # one administrator is enough
    "INSERT INTO force_posting (officer_id, post_id, kind, starts, order_number) SELECT id, (SELECT id FROM"
    " force_post WHERE code = 'sho-post'), 'regular', '2026-01-01', '' FROM force_officer " + by("nobody"),
    "UPDATE force_officer SET phone = '+1' " + by("sho"),
    "UPDATE force_unit SET name = 'x' WHERE code = 'kotwali'",
    "INSERT INTO force_pin (digest, tries, given, set_at, officer_id)"
    " SELECT 'x', 0, true, now(), id FROM force_officer " + by("sho"),
]  # fmt: skip


def refusals(statements: list[str]) -> list[bool]:
    return [refused(statement) for statement in statements]


def test_what_opens_much_takes_two_administrators_in_the_database_too(world: SimpleNamespace) -> None:
    first, igp = world.cast.administrator, Officer.objects.get(username="igp")
    Authenticator.objects.create(user=igp, type="totp", data={})
    with acting(first):
        assert refusals(TWO) == [False] * len(TWO), "there is only one"
    second = second_administrator(world.cast.desk_hq)
    with acting(first):
        assert refusals(TWO + ONE) == [True] * len(TWO) + [False] * len(ONE)
    acts = ("tables", "receiver", "password", "pin", "factors", "commander", "holder")
    with acting(first):
        asked = [proposals.ask(act=act, by=first, about=[igp.pk], now=NOW) for act in acts]
        for proposal in asked:
            proposals.carries_out(proposal)
            assert all(refusals(TWO)), "whoever asked is not the second"
    first.set_password("quiet harbour window")  # else the second one is alone
    first.save()
    with acting(second):
        opened = []
        for proposal in asked:
            proposals.carries_out(proposal)
            opened.append([number for number, no in enumerate(refusals(TWO)) if not no])
        assert opened == [[0, 1, 2, 3, 4, 5], [4, 5], [6], [7], [8], [9], [10]]
        Proposal.objects.filter(act="pin").update(state="refused")
        proposals.carries_out(asked[acts.index("pin")])
        assert all(refusals(TWO)), "what is decided opens nothing more"
    with acting(igp):
        assert not refused("DELETE FROM mfa_authenticator a USING force_officer o WHERE o.id = a.user_id"), (
            "own"
        )


def test_nobody_asks_in_anothers_name(world: SimpleNamespace) -> None:
    second = second_administrator(world.cast.desk_hq)
    with acting(world.cast.administrator), pytest.raises(DatabaseError, match="permission denied"):
        proposals.ask(act="pin", officer=world.cast.sho, by=second, now=NOW)
