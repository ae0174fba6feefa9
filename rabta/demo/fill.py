"""Filling an empty database with the demonstration, and the logins that go with it."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from rabta.demo import (
    accounts,
    desk,
    force,
    forces,
    groups,
    guide,
    joining,
    keyholders,
    life,
    mail,
    pages,
    press,
    provider,
    relays,
    sms,
    stories,
    talk,
    telegram,
    x,
)
from rabta.force import directory
from rabta.force.access import system
from rabta.force.models import Posting, Role

SIMULATOR_PORT = 2  # after the port of the pages

# What was sent in the past was delivered and read in the past; nothing of it leaves now.
_LONG_DELIVERED = """
UPDATE outbox_delivery SET state = 'read', attempts = 1, sent_at = queued_at + interval '1 second',
  delivered_at = queued_at + interval '3 seconds', read_at = queued_at + interval '4 minutes'
"""

# The tables are small, and joined as they are written: what plans a dozen joins would take most of the time.
_JOIN_AS_WRITTEN = "SET LOCAL join_collapse_limit = 1"

# The operators have opened what came until the last hours; the rest is new to them.
_LONG_SEEN = """
INSERT INTO web_looked (officer_id, case_id, at)
SELECT DISTINCT p.officer_id, c.id, c.changed_at
FROM cases_case c, force_posting p JOIN force_post o ON o.id = p.post_id
WHERE o.role IN ('desk_operator', 'desk_head') AND p.ends IS NULL AND c.last_in_at < %s
"""
SEEN_UNTIL = timedelta(hours=6)


def simulator_url() -> str:
    """Where the provider simulator listens."""
    return f"http://127.0.0.1:{settings.PORT + SIMULATOR_PORT}"


def fill(*, progress: Callable[[str], None]) -> None:
    """Create force, accounts and history in one transaction: all of it or nothing."""
    now = timezone.now()
    with system("filling the demonstration"), connection.cursor() as cursor:
        cursor.execute(_JOIN_AS_WRITTEN)
        force.create(today=timezone.localdate(now))
        provider.create_accounts(simulator=simulator_url())
        pages.create(simulator=simulator_url())
        x.create(simulator=simulator_url(), now=now)
        telegram.create(simulator=simulator_url())
        sms.create(simulator=simulator_url())
        mail.create()
        accounts.hold(now=now)
        accounts.price()
        desk.create(now=now)
        forces.create(now=now)
        groups.create(now=now)
        progress("force and accounts")
        keyholders.create(now=now)
        directory.forget()
        stories.play(now=now, say=progress)
        life.play(now=now)
        forces.play(now=now)
        pages.play(now=now)
        x.play(now=now)
        telegram.play(now=now)
        mail.play(now=now)
        desk.play(now=now)
        groups.play(now=now)
        joining.play(now=now)
        talk.play(now=now)
        relays.play(now=now)
        press.play(now=now)
        cursor.execute(_LONG_DELIVERED)
        cursor.execute(_LONG_SEEN, [now - SEEN_UNTIL])
    directory.forget()


def logins() -> list[tuple[str, str, str, str]]:
    """(role, user name, password, what to see) for one officer of each role."""
    what = {
        Role.DESK_OPERATOR: ("DESK-HQ", _("the desk: every case as it comes in")),
        Role.SHO: ("PSH-GLB", _("the officer's phone page: orders of one station")),
        Role.CIRCLE_OFFICER: ("PSH-CITY", _("the review: reports to verify")),
        Role.DISTRICT_HEAD: ("PSH", _("the review of a district")),
        Role.PRO: ("PSH", _("groups, official versions")),
        Role.CHIEF: ("CPO", _("the review of the whole force")),
        Role.OVERSIGHT: ("CPO", _("oversight: ledger, withheld cases")),
        Role.DESK_HEAD: ("DESK-HQ", _("the desk, the review, the ledger")),
        Role.ADMINISTRATOR: ("CPO", _("accounts and the ledger")),
    }
    found = []
    for role, (unit, text) in what.items():
        held = Posting.objects.filter(post__role=role, post__unit__code=unit, ends=None)
        posting = held.order_by("post__code").first()
        if posting:
            found.append((str(Role(role).label), posting.officer.username, force.PASSWORD, text))
    return found + keyholders.logins()


def connect() -> None:
    """Make the simulated phones ready: our numbers, the people, and what they have written so far."""
    with system("connecting the simulated phones"):
        provider.point_to(simulator=simulator_url())
        provider.connect(simulator=simulator_url())
        provider.tell_history(simulator=simulator_url())
        guide.connect(simulator=simulator_url(), phones=phones(), officer=str(_in_charge().officer))
        pages.connect(simulator=simulator_url(), now=timezone.now())
        x.connect(simulator=simulator_url(), now=timezone.now())
        telegram.connect(simulator=simulator_url(), now=timezone.now())
        sms.connect(simulator=simulator_url())
        mail.connect(simulator=simulator_url(), now=timezone.now())


def phones() -> str:
    """The part of the simulator's address that shows a citizen's phone beside that of a station in-charge."""
    sho = _in_charge().officer
    known = {row["phone"] for row in force.rows("history")}
    citizen = next(row["phone"] for row in force.rows("citizens") if row["phone"] not in known)
    left, right = ("".join(filter(str.isdigit, phone)) for phone in (citizen, sho.phone))
    headquarters, district = (number[0] for number in provider.NUMBERS)
    return f"?left={left}&right={right}&left_account={headquarters}&right_account={district}"


def _in_charge() -> Posting:
    """The station in-charge of the phones."""
    held = Posting.objects.select_related("officer")
    return held.get(post__role=Role.SHO, post__unit__code="PSH-GLB", ends=None)
