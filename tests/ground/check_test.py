"""`rabta check --deploy` tells each thing that is unsafe by its code, and is silent when it was mended."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth.hashers import make_password

from rabta import embedded
from rabta.commands import check, check_database
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
    monkeypatch.setattr(
        check_database, "connected", lambda home: psycopg.connect(embedded.dsn(HOME, database=name))
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
    assert told(check_database.sign_in) == ["default-password"]
    inside.execute("UPDATE force_officer SET password = %s", [make_password("something else entirely")])
    assert told(check_database.sign_in) == []


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


def test_machines_read_the_same(told: Told, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert check.run(home=tmp_path / "nowhere", deploy=True, as_json=True) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["wrong"] == sum(problem["severity"] != "advice" for problem in found["problems"]) > 3
    assert {"home-missing", "keys-missing", "embedded-server"} <= {
        problem["code"] for problem in found["problems"]
    }
    assert all(problem["what"] and problem["mend"] for problem in found["problems"])
