"""All bodies of all channels at once, shuffled, repeated, forged, in two orders: nothing is lost, nothing counts twice.

Through the real gateway, and the real SMPP process, into a real database; read by the worker's own step.
"""

import base64
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from rabta.channels.contract import Changed, Ignored, TemplateNews
from rabta.channels.registry import CHANNELS
from rabta.supervisor import rabta_command
from tests import running
from tests.intake import replaying
from tests.intake.replaying import Centre, Sending, external_ids
from tests.intake.site import Site

SEEDS = (22, 23)
SETUP = """
import json, sys
from rabta.channels import accounts
from tests import cast
from rabta.channels.models import Account, Credential
made = cast.make()
Account.objects.all().delete(), Credential.objects.all().delete()
for kind, values, ids in json.loads({facts!r}):
    app = accounts.create_credential(channel=kind, name=kind, values=values, hook=kind)
    for number, external in enumerate(ids):
        accounts.create_account(credential=app, name=f"{{kind}} {{number}}", external_id=external, unit=made.hq)
"""
PAGES = """
import base64, json
from django.utils import timezone
from rabta.channels.models import Credential
from rabta.force.access import system
from rabta.intake import journal
with system("replaying"):
    by_kind = {{one.channel: one for one in Credential.objects.all()}}
    for kind, raw in json.load(open({path!r})):
        journal.append(by_kind[kind], base64.b64decode(raw), timezone.now())
"""
READ = """
from django.utils import timezone
from rabta import journey
while journey.read_journal(limit={limit}, now=timezone.now()):
    pass
"""
RENAMED = """
from rabta.people.handles import digest_of
print(*(digest_of(scheme=scheme, handle=handle).hex() for scheme, handle in {names!r}))
"""
EFFECTS = {
    "messages": "SELECT a.name, m.kind, m.text, m.public, m.forwarded, m.lat IS NOT NULL, count(*)"
    " FROM cases_message m JOIN cases_conversation c ON c.id = m.conversation_id"
    " JOIN channels_account a ON a.id = c.account_id WHERE m.direction = 'in' GROUP BY 1, 2, 3, 4, 5, 6",
    # A number that was hidden at first leaves an empty handle behind when it is shown. Who is told to have another
    # number or user id before he has written a word is a stranger under each of them, and afterwards he is one.
    "people": "SELECT h.scheme, count(*) FROM people_handle h WHERE EXISTS (SELECT 1 FROM cases_message m"
    " JOIN cases_conversation c ON c.id = m.conversation_id WHERE c.handle_id = h.id)"
    " AND h.scheme <> 'whatsapp_user' AND NOT encode(h.digest, 'hex') = ANY(string_to_array('{renamed}', ' '))"
    " GROUP BY 1",
    "receipts": "SELECT a.name, l.became, sum(l.items) FROM intake_ledgerentry l"
    " JOIN channels_account a ON a.id = l.account_id WHERE l.became IN ('receipt', 'change') GROUP BY 1, 2",
    "quarantine": "SELECT coalesce(a.name, ''), q.reason, count(*) FROM intake_quarantined q"
    " LEFT JOIN channels_account a ON a.id = q.account_id GROUP BY 1, 2",
}


class Replay(Site):
    """A force with an account of every channel."""

    def __init__(self, home: Path) -> None:
        self.centre = Centre()
        facts = [
            (c.kind, replaying.values_of(c, port=self.centre.port), external_ids(c.kind)) for c in CHANNELS
        ]
        self.smpp: running.Child | None = None
        super().__init__(home, setup=SETUP.format(facts=json.dumps(facts)))
        self.start_gateway()
        self.smpp = running.start(rabta_command("smpp"), environment=self.environment("rabta_smpp"))

    def close(self) -> None:
        if self.smpp:
            running.stop(self.smpp)
        self.centre.close()
        super().close()

    def send(self, sendings: list[Sending]) -> None:
        """All of them, many at once; nothing forged is taken, everything else is."""
        over_http = [s for s in sendings if s.way in ("post", "get")]
        with ThreadPoolExecutor(max_workers=8) as pool:
            sent = pool.map(lambda s: replaying.over_http(self.port + 1, s, s.channel.kind), over_http)
            answers = Counter((s.forged, status) for s, status in zip(over_http, sent, strict=True))
        assert set(answers) <= {(False, 200), (True, 403)}, answers
        units = [replaying.whole_unit(s.raw) for s in sendings if s.way == "smpp"]
        self.centre.deliver(units)
        self.by_pages([s for s in sendings if s.way == "page"])
        self.wait_until(lambda: self.centre.acknowledged == len(self.centre.units), child=self.smpp)

    def by_pages(self, sendings: list[Sending]) -> None:
        path = self.home / "pages.json"
        path.write_text(json.dumps([(s.channel.kind, base64.b64encode(s.raw).decode()) for s in sendings]))
        self.python(PAGES.format(path=str(path)), role="rabta_web")

    def read_with(self, limit: int) -> None:
        reading = self.started(READ.format(limit=limit), role="rabta_worker")
        reading.communicate(timeout=300)
        assert reading.returncode == 0

    def empty(self) -> None:
        """Throw away all that came; the force, its accounts and their keys stay."""
        # The gateway and the SMPP process seal a minute long under one key, whose row they know.
        kept = ("force_", "channels_", "django_", "auth_", "procrastinate_", "intake_journalkey")
        tables = self.sql(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace"
        )
        names = [name for (name,) in tables if not name.startswith(kept)]
        self.sql(f"TRUNCATE {', '.join(names)} CASCADE")

    def ledger(self) -> dict[str, Any]:
        command = self.environment("rabta_worker")
        with running.start(rabta_command("ledger", "--json"), environment=command, stdout=-1) as child:
            return replaying.told(child.communicate(timeout=300)[0].decode())

    def effects(self) -> dict[str, list[Any]]:
        """What is in the register afterwards. Messages that are changed more than once are left out: the change that
        comes last is the one that counts."""
        digests = self.python(RENAMED.format(names=replaying.renamed()), role="rabta_worker").strip()
        found = {name: sorted(self.sql(query.format(renamed=digests))) for name, query in EFFECTS.items()}
        settled = [row for row in found["messages"] if row[2] not in replaying.often_changed_texts()]
        # What a button or a word answers hangs on what was asked before it came.
        settled = [row for row in settled if row[1] not in ("button", "answer")]
        # The same text message after a minute is another one: how many there are hangs on how fast this machine is.
        found["messages"] = [(*row[:-1], 1) if row[0].startswith("sms") else row for row in settled]
        return found


@pytest.fixture(scope="module")
def replay(new_home: Callable[[], Path]) -> Iterator[Replay]:
    with closing(Replay(new_home())) as replay:
        yield replay


def expected(sendings: list[Sending]) -> dict[str, Counter[str]]:
    """What the ledger must say, from the bodies alone: an item with a key counts once, all others each time."""
    found: dict[str, Counter[str]] = {}
    keys: dict[str, Counter[str]] = {}
    for sending in sendings:
        if sending.forged:
            continue
        channel, ids = sending.channel, external_ids(sending.channel.kind)
        for item in replaying.items_of(sending):
            ours = channel.alone or item.account in ids
            place = 0 if channel.alone else ids.index(item.account) if ours else -1
            line = found.setdefault(f"{channel.kind} {place}" if ours else "nobody", Counter())
            line["received"] += 1
            line["edits that bring the message"] += isinstance(item, Changed) and item.whole is not None
            if ours and item.key and not isinstance(item, TemplateNews):
                keys.setdefault(f"{channel.kind} {place}", Counter())[item.key] += 1
            elif ours and isinstance(item, Ignored):
                line["ignored without a key"] += 1
    for name, counted in keys.items():
        found[name]["duplicates"] = counted.total() - len(counted)
    return found


def test_every_item_is_counted_and_has_its_effect_once_in_whatever_order(replay: Replay) -> None:
    seen = []
    for seed in SEEDS:
        sendings = replaying.all_in_disorder(seed)
        print(f"seed {seed}: {len(sendings)} requests")
        half = len(sendings) // 2
        replay.send(sendings[:half])
        replay.read_with(random.Random(seed).randint(20, 60))
        replay.send(sendings[half:])
        replay.read_with(200)
        ledger, wanted = replay.ledger(), expected(sendings)
        assert ledger["balanced"], ledger
        assert ledger["unattributed"] == wanted.pop("nobody")["received"]
        for name, line in wanted.items():
            told = ledger[name]
            assert told["received"] == line["received"], name
            assert told["pending"] == 0
            if not name.startswith("sms"):  # a text message has no id: the same within minutes is the same
                # A message that comes after its edit is known already: the edit brought it whole.
                more = told["duplicates"] - line["duplicates"]
                assert 0 <= more <= line["edits that bring the message"], name
        seen.append(replay.effects())
        replay.empty()
    first, second = seen
    assert not [row for row in first["quarantine"] if "could not" in row[1] or "differ" in row[1]]
    different = {name: sorted(set(first[name]) ^ set(second[name])) for name in EFFECTS}
    assert not any(different.values()), different
