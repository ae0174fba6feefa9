"""A source leaves no trace: sixty identifiers of people who accuse police go in by every channel, and turn up nowhere.

All processes run; the desk reads and answers the cases. Then logs, jobs, every column of every table, addresses,
answers of the API and an exported list are searched for every writing of each identifier.
"""

import base64
import http.cookies
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

import pytest

from rabta.demo.force import PASSWORD
from tests import running
from tests.faults.kill_test import NUMBER, Town
from tests.figures import Figure
from tests.intake.replaying import SECRET, signed
from tests.security import sowing
from tests.security.canaries import Canary, hits, people

WRITERS, POSTERS = 6, 6  # three identifiers each by WhatsApp, two each by the form
OTHERS = 2 * len(sowing.BODIES)  # two people each by all other channels
ACCUSATION = "The SHO of Gulbahar police station took a bribe of {} rupees from my brother and beat him"
OPERATOR = "arif-zaman"
EXPORT = """
from django.db import transaction
from django.utils import timezone
from rabta.force import access
from rabta.force.models import Officer
from rabta.kit import sheets
from rabta.web.desk import queues
from rabta.web.exports import queries
with transaction.atomic():
    scope = access.scope_of(Officer.objects.get(username="mehreen-saleem"), on=timezone.localdate())
    access.enter(scope)
    asked = queries.List(scope=scope, unit=None, queue=queues.BY_CODE["open"])
    print(sheets.csv_text(queries.table(queries.cases(asked, now=timezone.now()))))
"""
TOKEN = "from rabta.web.api import tokens; print(tokens.create(username={!r}))"


class Desk(Town):
    """The town with its pages."""

    PROCESSES = ("web",)

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        assert self.python(sowing.MAKE, role="rabta_migrate").strip() == "made"
        self.urls: list[str] = []
        self.start("web")
        running.wait_until(self.serves, child=self.children["web"])

    def serves(self) -> bool:
        try:
            with urlopen(f"{self.pages}/health", timeout=30) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    @property
    def pages(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def post_form(self, facts: dict[str, str]) -> str:
        """Fill in the form as a browser does; where it leads."""
        with urlopen(f"{self.pages}/", timeout=30) as answer:
            page = answer.read().decode()
            cookies = http.cookies.SimpleCookie()
            for line in answer.headers.get_all("Set-Cookie", []):
                cookies.load(line)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        sent = Request(f"{self.pages}/", data=urlencode(hidden | facts).encode(), method="POST")
        sent.add_header("Cookie", "; ".join(f"{name}={cookie.value}" for name, cookie in cookies.items()))
        sent.add_header("Origin", self.pages)
        try:
            with build_opener(_Stay).open(sent, timeout=30) as answer:
                raise AssertionError(f"the form was not taken: {answer.status} {answer.read()[:2000]!r}")
        except HTTPError as redirect:
            if redirect.code != 302:
                raise
            self.urls.append(redirect.headers["Location"] + str(redirect.headers.get("Set-Cookie")))
            return str(redirect.headers["Location"])

    def hears(self, kind: str, raw: bytes) -> None:
        """As the channel's provider brings it; a letter of e-mail as the mailbox is read."""
        hook = f"/hooks/sown{kind}"
        if kind == "email":
            self.python(
                sowing.KEEP.format(kind=kind, raw=base64.b64encode(raw).decode()), role="rabta_migrate"
            )
        elif kind == "kannel":
            assert running.ask(self.port + 1, f"{hook}?{raw.decode()}")[0] == 200
        else:
            headers = signed(raw, SECRET) | {"Content-Type": "application/json"}
            assert running.ask(self.port + 1, hook, method="POST", body=raw, headers=headers)[0] == 200

    def settled(self) -> bool:
        """Whether all was read, and each letter was sent or tried: where nobody is, it is tried again."""
        open_ = (
            "SELECT (SELECT count(*) FROM intake_unread), (SELECT count(*) FROM outbox_delivery"
            " WHERE state IN ('queued', 'sending') AND attempts = 0)"
        )
        return self.ask("/sim/health")["pending_webhooks"] == 0 and self.sql(open_) == [(0, 0)]

    def api(self, path: str, token: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.pages}/api/v1{path}", data=data, method="POST" if body else "GET")
        request.add_header("Authorization", f"Bearer {token}")
        request.add_header("Content-Type", "application/json")
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_facts: Any) -> None:
        return None


@pytest.fixture(scope="module")
def desk(new_home: Callable[[], Path]) -> Iterator[Desk]:
    desk = Desk(new_home())
    try:
        yield desk
    finally:
        desk.close()


def sown(desk: Desk) -> list[Canary]:
    """Let everybody write; their identifiers."""
    found = []
    for n, (name, number) in enumerate(people(WRITERS, seed=1)):
        facts = {
            "account": NUMBER,
            "from": number,
            "profile": name,
            "type": "text",
            "text": ACCUSATION.format(1000 + n),
        }
        answer = desk.ask("/sim/send", facts, method="POST")
        found += [Canary("name", name), Canary("number", number), Canary("id", answer["id"])]
    for n, (name, number) in enumerate(people(POSTERS, seed=2)):
        desk.post_form(
            {"text": ACCUSATION.format(2000 + n), "category": "against_police", "contact": "named", "name": name,
             "phone": f"+{number}"}
        )  # fmt: skip
        found += [Canary("name", name), Canary("number", number)]
    for n, (name, number) in enumerate(people(OTHERS, seed=3)):
        kind = list(sowing.BODIES)[n % len(sowing.BODIES)]
        raw, theirs = sowing.BODIES[kind](name, number, ACCUSATION.format(3000 + n))
        desk.hears(kind, raw)
        found += theirs
    return found


def everything(desk: Desk, answers: list[Any], exported: str) -> dict[str, bytes]:
    """Where a trace could be, by name."""
    logs = [*desk.home.glob("*.log"), *(desk.home / "log").glob("*"), *(desk.home / "run").glob("*")]
    places = {f"log {path.name}": path.read_bytes() for path in logs if path.is_file()}
    tables = desk.sql(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    for (table,) in tables:
        rows = desk.sql(f'SELECT t::text FROM "{table}" t')
        places[f"table {table}"] = "\n".join(row[0] for row in rows).encode()
    places["addresses"] = "\n".join(desk.urls).encode()
    places["answers of the API"] = json.dumps(answers).encode()
    places["exported list"] = exported.encode()
    return places


@pytest.mark.security
@pytest.mark.faults
def test_sixty_identifiers_turn_up_nowhere(desk: Desk, figure: Figure) -> None:
    canaries = sown(desk)
    assert len(canaries) == 60 and PASSWORD
    desk.wait_until(desk.settled)
    token = desk.python(TOKEN.format(OPERATOR), role="rabta_worker").strip()
    cases = desk.api("/cases?withheld=accusation", token)["items"]
    assert len(cases) == WRITERS + POSTERS + OTHERS
    answers = [desk.api(f"/cases/{case['id']}", token) for case in cases]
    answers += [desk.api(f"/cases/{case['id']}/messages", token) for case in cases]
    for case in cases:
        answers.append(desk.api(f"/cases/{case['id']}/reply", token, {"text": "We are looking into it."}))
    desk.wait_until(desk.settled)
    exported = desk.python(EXPORT, role="rabta_web")
    assert cases[0]["reference"] in exported
    places = everything(desk, answers, exported)
    assert len([name for name in places if name.startswith("log ")]) >= 4
    assert b"bribe" in places["table cases_message"], "the search would find what is there"
    found = {place: hits(canaries, bytes_) for place, bytes_ in places.items()}
    found = {place: some for place, some in found.items() if some}
    figure(
        "canaries found in logs, jobs, tables, addresses, the API and an export",
        f"{sum(map(len, found.values()))} of 60",
        "0",
    )
    assert not found


@pytest.mark.parametrize("canary", [Canary("number", "923151234567"), Canary("name", "Gulalai Margalarai7")])
def test_the_search_finds_every_writing(canary: Canary) -> None:
    raw = canary.value.encode()
    for planted in (
        raw,
        raw[::-1],
        raw.hex().encode(),
        base64.b64encode(raw),
        base64.urlsafe_b64encode(b"\xff" + raw),
    ):
        assert hits([canary], b"something " + planted + b" more")
    wrapped = base64.b64encode(b"\x1c\x18" + bytes([len(raw)]) + raw + b"\x15\x02\x00")
    assert hits([canary], b'{"id": "wamid.' + wrapped + b'"}')
    assert not hits([canary], b"nothing of the kind 923159999999 Gulalai")
