"""Whatever we ask of other servers goes where it was addressed to, and to whoever has the certificate for it."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ASKING = {"get", "post", "put", "patch", "delete", "request"}
NEAR = ("session.", "urlopen", "ssl", "verify", "check_hostname")
# The demonstration's own calls, to the simulator on this machine.
OWN = ROOT / "rabta/demo"


@cache
def texts() -> dict[Path, str]:
    """Our modules and what is in them."""
    paths = sorted((ROOT / "rabta").rglob("*.py"))
    return {path: path.read_text(encoding="utf-8") for path in paths if "migrations" not in path.parts}


@cache
def calls() -> tuple[tuple[Path, ast.Call], ...]:
    """Every call in those that have to do with it, but for the demonstration's own."""
    near = {path: text for path, text in texts().items() if any(word in text for word in NEAR)}
    trees = ((path, ast.parse(text)) for path, text in near.items() if OWN not in path.parents)
    return tuple(
        (path, node) for path, tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)
    )


def names(call: ast.Call) -> dict[str, str]:
    return {word.arg: ast.unparse(word.value) for word in call.keywords if word.arg}


def asks(call: ast.Call) -> bool:
    """A request of an aiohttp session, by the name that such a session has everywhere here."""
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr in ASKING
        and ast.unparse(function.value).split(".")[-1] == "session"
        and ("timeout" in names(call) or "allow_redirects" in names(call))
    )


def test_no_request_follows_a_redirect() -> None:
    asking = [(path, call) for path, call in calls() if asks(call)]
    assert len({path for path, _call in asking}) > 5
    assert [str(path) for path, call in asking if names(call).get("allow_redirects") != "False"] == []
    opened = {path.name for path, call in calls() if ast.unparse(call.func).endswith("urlopen")}
    assert opened == set(), "urlopen follows redirects: use an opener that does not (rabta.audit.heads)"


def test_nobody_turns_the_check_of_certificates_off() -> None:
    switches = {"ssl": "False", "verify_ssl": "False", "verify": "False", "check_hostname": "False"}
    off = [str(path) for path, call in calls() if switches.items() & names(call).items()]
    text = "".join(texts().values())
    assert off == [] and "CERT_NONE" not in text and "_create_unverified_context" not in text
