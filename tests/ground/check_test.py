"""`rabta check --deploy` tells each thing that is unsafe by its code, and is silent when it was mended."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from rabta import embedded
from rabta.commands import check, check_database, check_vault, database
from rabta.demo.force import PASSWORD
from tests.audit import stage
from tests.conftest import HOME

Told = Callable[..., list[str]]


@pytest.fixture(scope="module")
def inside(django_db_setup: None) -> Iterator[stage.Database]:
    with stage.database(f"check_{os.getpid()}") as database:
        yield database


@pytest.fixture
def told(inside: stage.Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Told:
    """`told(check)`: the codes of what it finds."""
    name = inside.info.dbname
    for module in (check_database, check_vault):
        monkeypatch.setattr(
            module, "connected", lambda home: psycopg.connect(embedded.dsn(HOME, database=name))
        )
    return lambda one: [problem.code for problem in one(tmp_path)]


def test_a_fresh_database_is_as_this_version_grants_it(told: Told) -> None:
    assert told(check_database.rows_and_rights) == []
    assert told(check_database.roles) == []


@pytest.mark.parametrize(
    ("spoil", "mend", "code"),
    [
        ("ALTER TABLE cases_case NO FORCE ROW LEVEL SECURITY", "ALTER TABLE cases_case FORCE ROW LEVEL SECURITY",
         "row-security-off"),
        ("ALTER TABLE people_handle DISABLE ROW LEVEL SECURITY",
         "ALTER TABLE people_handle ENABLE ROW LEVEL SECURITY", "row-security-off"),
        ("GRANT DELETE ON audit_record TO rabta_web", "REVOKE DELETE ON audit_record FROM rabta_web", "grants-differ"),
        ("GRANT SELECT ON intake_journal TO rabta_gateway",
         "REVOKE SELECT ON intake_journal FROM rabta_gateway; GRANT SELECT (id) ON intake_journal TO rabta_gateway",
         "grants-differ"),
        ("GRANT UPDATE (name) ON force_level TO rabta_relay", "REVOKE UPDATE (name) ON force_level FROM rabta_relay",
         "grants-differ"),
    ],
)  # fmt: skip
def test_rights_that_were_changed_are_told(
    inside: stage.Database, told: Told, spoil: str, mend: str, code: str
) -> None:
    before = told(check_database.rows_and_rights)
    inside.execute(spoil)
    try:
        assert sorted(told(check_database.rows_and_rights)) == sorted([*before, code])
    finally:
        inside.execute(mend)
    assert told(check_database.rows_and_rights) == before


def test_another_database_that_the_same_roles_open_is_told(
    inside: stage.Database, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(check_database.neighbours) == ["databases-share-roles"]  # those of the other tests
    only = check_database._NEIGHBOURS.replace("ORDER BY", f"AND d.datname = '{inside.info.dbname}' ORDER BY")
    monkeypatch.setattr(check_database, "_NEIGHBOURS", only)
    assert told(check_database.neighbours) == []


def test_a_process_that_owns_a_table_is_told(inside: stage.Database, told: Told) -> None:
    inside.execute("ALTER TABLE intake_refused OWNER TO rabta_web")
    assert told(check_database.roles) == ["process-owns-tables"]
    inside.execute("ALTER TABLE intake_refused OWNER TO rabta_migrate")
    assert told(check_database.roles) == []


def test_the_demonstrations_password_and_missing_second_factors_are_told(
    inside: stage.Database, told: Told
) -> None:
    inside.execute(
        "INSERT INTO force_officer (username, name, name_hi, name_ur, public_id, password, rank, phone, language,"
        " nastaliq, is_active) VALUES ('a', 'A', '', '', 'a', %s, '', '', 'en', false, true)",
        [make_password(PASSWORD)],
    )
    assert told(check_database.sign_in) == ["default-password", "one-administrator"]
    inside.execute("UPDATE force_officer SET password = %s", [make_password("something else entirely")])
    assert told(check_database.sign_in) == ["one-administrator"]


def test_one_administrator_is_told_and_a_chief_without_second_factor(
    inside: stage.Database, told: Told
) -> None:
    post(inside, 90, "administrator"), post(inside, 91, "administrator", password="!none")
    assert told(check_database.sign_in) == ["second-factor-missing"] * 2 + ["one-administrator"]
    inside.execute("UPDATE force_officer SET password = 'argon2x' WHERE id = 91")
    post(inside, 92, "chief"), post(inside, 93, "sho")
    assert told(check_database.sign_in) == ["second-factor-missing"] * 3
    inside.execute("INSERT INTO mfa_authenticator (user_id, type, data, created_at)"
                   " SELECT id, 'totp', '{}', now() FROM force_officer WHERE id BETWEEN 90 AND 92")  # fmt: skip
    assert told(check_database.sign_in) == []
    inside.execute(
        "UPDATE force_posting SET starts = current_date - 2, ends = current_date - 1 WHERE officer_id = 90"
    )
    assert told(check_database.sign_in) == ["one-administrator"]


def post(inside: stage.Database, number: int, role: str, password: str = "argon2x") -> None:
    """An officer who holds such a post at the force itself (unit 90), by one number for all ids."""
    inside.execute(
        "INSERT INTO force_officer (id, username, name, name_hi, name_ur, public_id, password, rank, phone, language,"
        " nastaliq, is_active) VALUES (%(n)s, %(t)s, %(t)s, '', '', %(t)s, %(p)s, '', '', 'en', false, true)",
        {"n": number, "t": f"o{number}", "p": password},
    )
    inside.execute(
        "INSERT INTO force_unit (id, public_id, code, name, name_hi, name_ur, level_id, path, function,"
        " reference_prefix) VALUES (90, 'u90', 'U90', 'Force', '', '', 1, '{90}', '', '') ON CONFLICT DO NOTHING"
    )
    inside.execute(
        "INSERT INTO force_post (id, public_id, code, name, name_hi, name_ur, role, unit_id)"
        " VALUES (%(n)s, %(t)s, %(t)s, 'P', '', '', %(r)s, 90)",
        {"n": number, "t": f"p{number}", "r": role},
    )
    inside.execute(
        "INSERT INTO force_posting (officer_id, post_id, kind, starts, order_number)"
        " VALUES (%s, %s, 'regular', current_date, '')",
        [number, number],
    )


def test_a_record_that_is_broken_unchecked_or_stays_here_is_told(
    inside: stage.Database, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.empty(inside)
    assert told(check_database.record) == ["heads-stay-here", "record-not-checked", "heads-do-not-leave"]
    from rabta import settings

    monkeypatch.setattr(settings, "HEADS_URL", "https://elsewhere.example/")
    now = datetime.now(UTC)
    put = "INSERT INTO audit_verification (at, position, seconds, problem) VALUES (%s, 1, 1, %s)"
    inside.execute(put, [now, ""])
    sent = "INSERT INTO audit_head (at, block, position, went_to, trouble) VALUES (%s, 1, 1, 'x', %s)"
    inside.execute(sent, [now, ""])
    assert told(check_database.record) == []
    inside.execute(put, [now, "at position 3"])
    inside.execute(sent, [now + timedelta(hours=1), "no room"])
    assert told(check_database.record) == ["record-broken", "heads-do-not-leave"]


def test_clocks_that_differ_are_told(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(check_database.clock) == []
    monkeypatch.setattr(check_database, "SKEW_SECONDS", -1.0)
    assert told(check_database.clock) == ["clock-skew"]


def test_roles_that_share_a_password_are_told(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://admin:one@db.example/contact")
    assert told(check_database.roles) == ["passwords-shared"]
    for role in ("WEB", "WORKER", "RELAY", "GATEWAY", "SMPP"):
        monkeypatch.setenv(f"RABTA_{role}_PASSWORD", f"of {role}")
    assert told(check_database.roles) == []


def test_backups_that_are_old_or_nowhere_are_told(
    told: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("RABTA_BACKUPS", raising=False)
    assert told(check_database.backups) == ["backups-unknown"]
    monkeypatch.setenv("RABTA_BACKUPS", str(tmp_path))
    assert told(check_database.backups) == ["backup-old"]
    (tmp_path / "rabta-1").mkdir()
    (tmp_path / "rabta-1" / "manifest.json").write_text("{}")
    assert told(check_database.backups) == []


def test_settings_of_trials_are_told(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RABTA_SECOND_FACTOR", "RABTA_BIND", "RABTA_BEHIND_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert told(check.real_settings) == []
    monkeypatch.setenv("RABTA_SECOND_FACTOR", "later")
    monkeypatch.setenv("RABTA_BIND", "0.0.0.0")
    assert told(check.real_settings) == ["second-factors-wait", "open-without-proxy"]
    monkeypatch.setenv("RABTA_BIND", "127.0.0.1")
    monkeypatch.setenv("RABTA_BEHIND_PROXY", "1")
    assert told(check.real_settings) == ["second-factors-wait", "proxy-believed"]


def test_few_keyholders_and_nobody_on_call_are_told(inside: stage.Database, told: Told) -> None:
    assert told(check_vault.keyholders) == ["few-approvers", "few-custodians"]
    for n, group in enumerate(["approver"] * 3 + ["custodian"] * 3):
        inside.execute(
            'INSERT INTO people_keyholder (public_id, officer_id, "group", public_key, fingerprint, appointed_by_id,'
            " appointed_at, confirmed_at, on_call) VALUES (%s, %s, %s, 'age1', 'f', 1, now(), now(), false)",
            [f"k{n}", 500 + n, group],
        )
    assert told(check_vault.keyholders) == ["no-approver-on-call", "no-custodian-on-call"]
    inside.execute("UPDATE people_keyholder SET on_call = true")
    assert told(check_vault.keyholders) == []
    inside.execute("UPDATE people_keyholder SET ended_at = now() WHERE public_id = 'k5'")
    assert told(check_vault.keyholders) == ["few-custodians"]


def test_roles_that_may_too_much_and_connections_in_the_clear_are_told(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PROCESS_ROLES", ("rabta_web", "rabta_backup"))  # it reads past all rows
    assert told(check_database.roles) == ["role-too-strong"]
    monkeypatch.setattr(database, "PROCESS_ROLES", ("rabta_web",))
    far = SimpleNamespace(info=SimpleNamespace(host="db.example"))
    for encrypted, codes in ((False, ["database-not-encrypted"]), (True, [])):
        far.execute = lambda _query, said=encrypted: SimpleNamespace(fetchall=lambda: [(said,)])
        assert [problem.code for problem in check_database._encryption(Path(), far)] == codes  # type: ignore[arg-type]


def test_a_list_of_grants_that_is_not_there_is_told(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_database, "expected_tables", lambda: None)
    assert told(check_database.rows_and_rights) == ["grants-unknown"]


def test_the_folder_and_its_keys(told: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert told(check.folder) == []
    assert told(check.keys) == ["keys-missing"]
    (tmp_path / "keys").mkdir(mode=0o700)
    for name in ("relay", "journal", "django"):
        (tmp_path / "keys" / f"{name}.key").touch(mode=0o600)
    assert (told(check.keys), told(check.keys_apart)) == ([], ["keys-together"])
    (tmp_path / "keys" / "relay.key").chmod(0o640)
    assert told(check.keys) == ["keys-readable"]
    for name in ("relay", "journal"):
        (tmp_path / "keys" / f"{name}.key").unlink()
    assert (told(check.keys), told(check.keys_apart)) == ([], [])
    monkeypatch.setattr(check, "FREE_BYTES", 2**62)
    assert told(check.folder) == ["disk-full"]
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert told(check.folder) == ["home-not-writable"]


def test_what_is_not_for_service_is_told(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.delenv("RABTA_DEMO", raising=False)
    assert told(check.real_force) == []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("RABTA_DEMO", "1")
    assert told(check.real_force) == ["demonstration", "runs-as-root"]
    monkeypatch.setenv("RABTA_URL", "http://desk.example")
    monkeypatch.delenv("RABTA_HOOKS_URL", raising=False)
    assert told(check.real_address) == ["address-not-https"] * 2
    for name in ("RABTA_URL", "RABTA_HOOKS_URL"):
        monkeypatch.setenv(name, "https://desk.example")
    assert told(check.real_address) == []


def test_a_server_that_is_down_far_or_old_is_told(
    told: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert told(check.server) == ["server-down"]
    assert told(check.tables) == []  # the line before says it
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    assert told(check.server) == ["server-unreachable"]
    near = SimpleNamespace(outside=True, admin=embedded.dsn(HOME, database="postgres"))
    monkeypatch.setattr(database, "server", lambda _home: near)
    assert told(check.server) == []
    monkeypatch.setattr(database, "ROLES", {**database.ROLES, "rabta_nobody": ""})
    assert told(check.server) == ["roles-missing"]
    monkeypatch.setattr(check, "OLDEST_POSTGRES", 999999)
    assert told(check.server) == ["server-too-old", "roles-missing"]


@pytest.mark.django_db
def test_tables_of_another_version_are_told(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "server", lambda _home: iter(()))
    monkeypatch.setattr(database, "use_role", lambda _role: None)
    assert told(check.tables) == []
    ((app, newest),) = MigrationLoader(connection).graph.leaf_nodes("web")
    MigrationRecorder(connection).record_unapplied(app, newest)
    assert told(check.tables) == ["tables-old"]


@pytest.mark.django_db
def test_tables_that_an_older_version_left_half_way_are_told_and_not_touched(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "server", lambda _home: iter(()))
    monkeypatch.setattr(database, "use_role", lambda _role: None)
    monkeypatch.setenv("PGOPTIONS", "")
    assert database.half_way() == []
    MigrationRecorder(connection).record_unapplied("cases", "0015_fir")
    assert database.half_way() == ["cases"]
    assert told(check.tables) == ["tables-half-way"]
    with pytest.raises(database.DatabaseError, match=r"cases are half-way.*0015_fir"):
        database.migrate()


def test_missing_files_of_the_browser_are_told(
    told: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert told(check.browser_files) == []
    monkeypatch.setattr(check, "__file__", str(tmp_path / "commands" / "check.py"))
    assert told(check.browser_files) == ["browser-files-missing"]


def test_machines_read_the_same(told: Told, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert check.run(home=tmp_path / "nowhere", deploy=True, as_json=True) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["wrong"] == sum(problem["severity"] != "advice" for problem in found["problems"]) > 3
    assert {"home-missing", "keys-missing", "embedded-server"} <= {
        problem["code"] for problem in found["problems"]
    }
    assert all(problem["what"] and problem["mend"] for problem in found["problems"])
