"""Where the processes listen, and whose word about TLS is believed: read strictly from the environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rabta.commands.site import Site, site_from_environment
from rabta.supervisor import SupervisorError, check_ports

ROOT = Path(__file__).parents[2]
ASK = (
    "from rabta import settings as s;"
    "print(s.BIND, getattr(s, 'SECURE_PROXY_SSL_HEADER', None), s.SECURE_HSTS_SECONDS)"
)


COOKIES = "from rabta import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE)"


def settings(tmp_path: Path, *, ask: str = ASK, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith("RABTA_")}
    return subprocess.run(
        [sys.executable, "-c", ask],
        cwd=ROOT,
        env=known | {"RABTA_HOME": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_by_itself_nobody_else_is_reached_and_no_header_is_believed(tmp_path: Path) -> None:
    assert settings(tmp_path).stdout.split() == ["127.0.0.1", "None", "0"]


def test_the_address_and_the_proxy_are_what_is_set(tmp_path: Path) -> None:
    found = settings(
        tmp_path, RABTA_BIND="0.0.0.0", RABTA_BEHIND_PROXY="1", RABTA_URL="https://desk.example.gov"
    )
    assert found.stdout == "0.0.0.0 ('HTTP_X_FORWARDED_PROTO', 'https') 31536000\n"


def test_with_https_no_other_host_of_the_domain_sets_the_cookies_of_a_session(tmp_path: Path) -> None:
    found = settings(tmp_path, ask=COOKIES, RABTA_URL="https://desk.example.gov").stdout.split()
    assert found == ["__Host-rabta_session", "__Host-csrftoken", "True"]
    assert settings(tmp_path, ask=COOKIES).stdout.split() == ["rabta_session", "csrftoken", "False"]


def test_a_demonstration_is_reached_from_its_own_machine_only(tmp_path: Path) -> None:
    assert settings(tmp_path, RABTA_BIND="0.0.0.0", RABTA_DEMO="1").stdout.startswith("127.0.0.1 ")


def test_an_address_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    found = settings(tmp_path, RABTA_BIND="everywhere")
    assert found.returncode == 1
    assert "RABTA_BIND must be an address such as 0.0.0.0" in found.stderr


@pytest.mark.parametrize(
    ("bind", "host"),
    [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("10.0.0.5", "10.0.0.5"), ("127.0.0.1", "127.0.0.1")],
)
def test_this_machine_finds_its_own_pages(tmp_path: Path, bind: str, host: str) -> None:
    assert Site(home=tmp_path, port=8000, demo=False, bind=bind).address == f"http://{host}:8000"


def test_the_site_reads_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RABTA_BIND", "0.0.0.0")
    assert site_from_environment(demo=False).bind == "0.0.0.0"
    assert site_from_environment(demo=True).bind == "127.0.0.1"
    monkeypatch.setenv("RABTA_BIND", "everywhere")
    with pytest.raises(SupervisorError, match="RABTA_BIND must be an address"):
        site_from_environment(demo=False)


def test_an_address_of_another_machine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SupervisorError, match=r"This machine has no address 192\.0\.2\.1"):
        check_ports({"pages": 18_765}, host="192.0.2.1")
