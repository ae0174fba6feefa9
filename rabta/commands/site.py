"""The site: where this installation lives and which ports it takes. `up` and `demo` leave a note of it in the home.

So `rabta ledger` beside a running demonstration needs nothing but the same RABTA_HOME.
"""

import json
import os
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from rabta.supervisor import SupervisorError

_NOTE = "site.json"


def home_from_environment() -> Path:
    """RABTA_HOME, `./var` by default."""
    return Path(os.environ.get("RABTA_HOME", "var")).resolve()


@dataclass(frozen=True, kw_only=True)
class Site:
    """Home, ports and kind of this installation."""

    home: Path
    port: int
    demo: bool

    bind: str = "127.0.0.1"

    @property
    def ports(self) -> dict[str, int]:
        """Port of each process that has one."""
        ports = {"pages": self.port, "gateway": self.port + 1}
        return ports | ({"simulator": self.port + 2} if self.demo else {})

    @property
    def environment(self) -> dict[str, str]:
        """What every process of this site finds in its environment."""
        shared = {"RABTA_HOME": str(self.home), "RABTA_PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        return shared | ({"RABTA_DEMO": "1"} if self.demo else {})

    @property
    def host(self) -> str:
        """Where this machine itself reaches pages and gateway: an address for all is reached at the loopback one."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.bind, self.bind)  # noqa: S104

    @property
    def address(self) -> str:
        """The pages, from this machine."""
        return self.address_at(self.port)

    def address_at(self, port: int) -> str:
        """What listens on a port of this site, from this machine."""
        return f"http://[{self.host}]:{port}" if ":" in self.host else f"http://{self.host}:{port}"

    def leave_note(self) -> None:
        """Write down what commands beside the running site need to know."""
        note = self.home / _NOTE
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(
            json.dumps({"RABTA_PORT": str(self.port)} | ({"RABTA_DEMO": "1"} if self.demo else {}))
        )


def site_from_environment(*, demo: bool) -> Site:
    """Read RABTA_HOME, RABTA_PORT and RABTA_BIND; SupervisorError when they make no sense."""
    port = os.environ.get("RABTA_PORT", "8000")
    if not port.isdigit() or not 0 < int(port) < 65534:
        raise SupervisorError(f"RABTA_PORT must be a port number below 65534, not {port!r}.")
    bind = os.environ.get("RABTA_BIND", "127.0.0.1")
    try:
        ip_address(bind)
    except ValueError:
        raise SupervisorError(f"RABTA_BIND must be an address such as 0.0.0.0, not {bind!r}.") from None
    return Site(home=home_from_environment(), port=int(port), demo=demo, bind="127.0.0.1" if demo else bind)


def recall() -> None:
    """Take from the note in the home what the environment does not say."""
    try:
        note = json.loads((home_from_environment() / _NOTE).read_text())
    except (OSError, ValueError):
        return
    for name, value in note.items():
        os.environ.setdefault(name, value)


def kind(home: Path) -> str:
    """`demonstration`, `force`, or "" for a home that holds nothing yet."""
    try:
        return "demonstration" if "RABTA_DEMO" in json.loads((home / _NOTE).read_text()) else "force"
    except (OSError, ValueError):
        return ""


def check_kind(site: Site) -> None:
    """A demonstration and a real force never share a home; SupervisorError when they would."""
    found = kind(site.home)
    if found == "demonstration" and not site.demo:
        raise SupervisorError(
            f"{site.home} holds a demonstration. Choose another RABTA_HOME for a real force."
        )
    if found == "force" and site.demo:
        raise SupervisorError(
            f"{site.home} holds a real force. Choose another RABTA_HOME for the demonstration."
        )
