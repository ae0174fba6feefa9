"""Each process finds its own password in its environment, and nobody else's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rabta.commands import check_database, secrets

ALL = {
    "DATABASE_URL": "postgresql://admin:over%20all@db.example:5433/contact?sslmode=require",
    "RABTA_WEB_PASSWORD": "web's",
    "RABTA_WORKER_PASSWORD_FILE": "/run/secrets/worker",
    "RABTA_MIGRATE_PASSWORD": "owner's",
    "RABTA_BACKUP_PASSWORD_FILE": "/run/secrets/backup",
    "RABTA_SECRET_KEY": "of sessions",
    "RABTA_HOME": "/srv/rabta",
}


def seen_by(process: str, environment: dict[str, str] = ALL) -> dict[str, str]:
    own = secrets.of_process(process, environment)
    return {name: value for name, value in environment.items() if name not in own.hidden} | dict(own.added)


def test_each_process_keeps_its_own_and_the_address_without_the_administrator() -> None:
    url = "postgresql://db.example:5433/contact?sslmode=require"
    common = {"DATABASE_URL": url, "RABTA_HOME": "/srv/rabta"}
    assert seen_by("web") == common | {"RABTA_WEB_PASSWORD": "web's", "RABTA_SECRET_KEY": "of sessions"}
    assert seen_by("worker") == common | {"RABTA_WORKER_PASSWORD_FILE": "/run/secrets/worker"}
    assert seen_by("simulator") == {"RABTA_HOME": "/srv/rabta"}


def test_a_role_without_a_password_gets_the_common_one_under_its_own_name() -> None:
    assert seen_by("relay")["RABTA_RELAY_PASSWORD"] == "over all"


def test_the_address_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://admin:secret@db.example/contact\n")
    seen = seen_by("gateway", {"DATABASE_URL_FILE": str(tmp_path / "url")})
    assert seen == {"DATABASE_URL": "postgresql://db.example/contact", "RABTA_GATEWAY_PASSWORD": "secret"}


@pytest.mark.parametrize("process", ["web", "gateway"])
def test_the_check_tells_a_process_that_knows_too_much(tmp_path: Path, process: str) -> None:
    (tmp_path / "run").mkdir()

    def told(environment: dict[str, str]) -> list[str]:
        program = [sys.executable, "-c", "print(flush=True); input()"]
        sleeper = subprocess.Popen(program, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            assert sleeper.stdout and sleeper.stdout.readline(), (
                "it runs: only now its environment can be read"
            )
            (tmp_path / "run" / f"{process}.pid").write_text(f"{sleeper.pid}\n")
            return [problem.code for problem in check_database.environments(tmp_path)]
        finally:
            sleeper.communicate(b"\n")

    assert told({**os.environ, **ALL}) == ["secrets-shared"]
    clean = {name: value for name, value in os.environ.items() if name not in ALL}
    assert told({**clean, **seen_by(process)}) == []
