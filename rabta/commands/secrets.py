"""Which secrets of the environment a process of ours may know: those of its own database role, and no others'."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

_PASSWORD = re.compile(r"(RABTA_[A-Z]+_PASSWORD)(_FILE)?")
_DJANGO = ("RABTA_SECRET_KEY", "RABTA_SECRET_KEY_FILE")
_URL = ("DATABASE_URL", "DATABASE_URL_FILE")


@dataclass(frozen=True, kw_only=True)
class Own:
    """What is taken out of a process's environment, and what is put in."""

    hidden: frozenset[str]
    added: Mapping[str, str] = field(default_factory=dict)


def of_process(process: str, environment: Mapping[str, str]) -> Own:
    """`web`, `worker` … keep the password of their own role. PostgreSQL, the simulator and others get no secret at all.

    The administrator's name and password are cut out of the database's address. A role that has no password of its own
    logs in with that one, and so is given it under its own name: `rabta check --deploy` says that this wants mending.
    """
    own = f"RABTA_{process.upper()}_PASSWORD"
    hidden = {name for name in environment if (found := _PASSWORD.fullmatch(name)) and found[1] != own}
    hidden |= {*_URL} | ({*_DJANGO} if process != "web" else set())
    url = _read(environment, "DATABASE_URL")
    if process not in ("gateway", "web", "worker", "relay", "smpp") or not url:
        return Own(hidden=frozenset(hidden))
    parts = urlsplit(url)
    added = {"DATABASE_URL": parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()}
    if parts.password and not environment.get(own) and not environment.get(f"{own}_FILE"):
        added[own] = unquote(parts.password)
    return Own(hidden=frozenset(hidden), added=added)


def _read(environment: Mapping[str, str], name: str) -> str:
    file = environment.get(f"{name}_FILE")
    return Path(file).read_text().strip() if file else environment.get(name, "")
