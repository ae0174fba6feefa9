"""A home is a demonstration or a real force; commands beside a running site find it by its home alone."""

import os
import re
from pathlib import Path

import pytest

from rabta.commands import check
from rabta.commands.reset import reset
from rabta.commands.site import Site, check_kind, kind, recall, site_from_environment
from rabta.supervisor import SupervisorError, only_one


def demonstration(home: Path) -> Site:
    site = Site(home=home, port=8100, demo=True)
    site.leave_note()
    return site


def real_force(home: Path) -> Site:
    site = Site(home=home, port=8100, demo=False)
    site.leave_note()
    return site


def test_ports_follow_the_first() -> None:
    assert Site(home=Path(), port=8100, demo=True).ports == {
        "pages": 8100,
        "gateway": 8101,
        "simulator": 8102,
    }
    assert "simulator" not in Site(home=Path(), port=8100, demo=False).ports


@pytest.mark.parametrize("port", ["eighty", "0", "65535", "-1", ""])
def test_a_senseless_port_is_refused(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RABTA_PORT", port)
    with pytest.raises(SupervisorError, match="RABTA_PORT must be a port number"):
        site_from_environment(demo=True)


def test_a_demonstration_and_a_force_do_not_share_a_home(tmp_path: Path) -> None:
    force, play = real_force(tmp_path / "force"), demonstration(tmp_path / "demo")
    check_kind(force)
    check_kind(play)
    with pytest.raises(SupervisorError, match="holds a real force"):
        check_kind(Site(home=force.home, port=8100, demo=True))
    with pytest.raises(SupervisorError, match="holds a demonstration"):
        check_kind(Site(home=play.home, port=8100, demo=False))


def test_a_command_beside_the_site_learns_what_the_environment_does_not_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demonstration(tmp_path)
    monkeypatch.setenv("RABTA_HOME", str(tmp_path))
    monkeypatch.setenv("RABTA_PORT", "9000")
    monkeypatch.setenv("RABTA_DEMO", "")
    monkeypatch.delenv("RABTA_DEMO")
    recall()
    assert (os.environ["RABTA_PORT"], os.environ["RABTA_DEMO"]) == ("9000", "1")


def test_reset_empties_a_demonstration_and_leaves_what_is_not_ours(tmp_path: Path) -> None:
    demonstration(tmp_path)
    (tmp_path / "pg").mkdir()
    (tmp_path / "files" / "ab").mkdir(parents=True)
    (tmp_path / "notes.txt").write_text("mine")
    reset(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert kind(tmp_path) == ""


def test_reset_leaves_nothing_that_the_map_shows_but_tables_of_ones_own(tmp_path: Path) -> None:
    drawn = (Path(__file__).parents[2] / "docs/map.md").read_text()
    names = set(re.findall(r"`RABTA_HOME/([\w.-]+)`", drawn))
    assert {"pg", "heads", "demo-keys", "tables", "site.json"} <= names
    demonstration(tmp_path)
    for name in names - {"site.json", "run"}:
        (tmp_path / name).mkdir()
    reset(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["tables"]


def test_reset_never_touches_a_real_force(tmp_path: Path) -> None:
    real_force(tmp_path)
    (tmp_path / "pg").mkdir()
    with pytest.raises(SupervisorError, match="real force"):
        reset(tmp_path)
    assert (tmp_path / "pg").exists()


def test_reset_refuses_while_it_runs(tmp_path: Path) -> None:
    demonstration(tmp_path)
    with only_one(tmp_path), pytest.raises(SupervisorError, match="already runs"):
        reset(tmp_path)
    assert kind(tmp_path) == "demonstration"


def test_check_finds_keys_that_others_may_read(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)
    key = tmp_path / "keys" / "relay.key"
    key.write_text("x")
    key.chmod(0o640)
    assert [problem.mend for problem in check.keys(tmp_path)] == [f"chmod go= {key}"]
    key.chmod(0o600)
    assert list(check.keys(tmp_path)) == []


def test_check_for_service_refuses_the_embedded_server_and_plain_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert "trusts whoever" in next(check.real_server(tmp_path)).what
    monkeypatch.setenv("DATABASE_URL", "postgresql://admin@db.example/contact")
    assert list(check.real_server(tmp_path)) == []
    monkeypatch.setenv("RABTA_URL", "http://desk.example")
    monkeypatch.setenv("RABTA_HOOKS_URL", "https://hooks.example")
    assert [problem.what for problem in check.real_address(tmp_path)] == [
        "RABTA_URL is not an https address."
    ]


def test_check_says_that_the_server_does_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check.run(home=tmp_path, deploy=False) == 1
    assert "Start Rabta (`rabta up`) and check again." in capsys.readouterr().out
