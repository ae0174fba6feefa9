"""What the worker does again and again: (name, every how many seconds, function)."""

import time
from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from rabta.desk import drafts, notices, presence
from rabta.figures import folding
from rabta.files import store
from rabta.force.access import system
from rabta.groups import fanning, forgetting, reach, talk
from rabta.intake import asking, early, ledger
from rabta.jobs import filling, keeping, tasks, templates
from rabta.journey.deciding import assigning
from rabta.journey.ending import transferring
from rabta.journey.groups.broadcasts import digesting
from rabta.journey.groups.bulletins import issuing
from rabta.journey.groups.directions import proof_watch, relaying
from rabta.journey.groups.members import renewing
from rabta.journey.orders import giving
from rabta.journey.posts import accounts, holdings, vacancies
from rabta.journey.protecting import apart
from rabta.journey.timing import noticing, watch
from rabta.outbox import heard
from rabta.review import digests, interims, pauses
from rabta.review import sweep as limits

PARTITIONED = ("intake_journal", "outbox_delivery", "cases_event")
ORPHAN_AGE = timedelta(days=2)
# No sign-in lasts longer than eight days (web/accounts/data/sign_in.csv), links a day, what two decide on a week.
ENDED = (
    "DELETE FROM django_session WHERE expire_date < now()",
    "DELETE FROM web_device WHERE seen_at < now() - interval '8 days'",
    "DELETE FROM web_kept WHERE until < now()",
    "DELETE FROM web_passwordlink WHERE given_at < now() - interval '8 days'",
    "DELETE FROM web_proposal WHERE asked_at < now() - interval '8 days'",
    "DELETE FROM force_signinlink WHERE asked_at < now() - interval '1 day'",
)

# A phone that was without a line for longer than this sends what it did again, and has its effect again.
DONE = "DELETE FROM web_done WHERE at < now() - interval '60 days'"
LEDGER_AGE = timedelta(days=2)


def pass_on_undelivered() -> None:
    """Urgent orders that did not arrive go by SMS, then to the next post as well; the desk is asked to telephone."""
    watch.send_by_sms(now=timezone.now())
    watch.pass_on_undelivered(now=timezone.now())


def watch_limits() -> None:
    """Pauses that are over end; limits that run out are warned of, those that were passed go up the chain."""
    pauses.end_due(now=timezone.now())
    limits.sweep(now=timezone.now())


def suggest_interim_replies() -> None:
    """Who waits long hears in between."""
    interims.suggest(now=timezone.now())


def send_digests() -> None:
    """The figures of the review go to whoever wants them on the phone."""
    digests.send(now=timezone.now())


def renew_limits() -> None:
    """Open cases follow the newest rules about limits."""
    pauses.renew(now=timezone.now())


def follow_postings() -> None:
    """Orders of posts that nobody holds go to who stands in; officers who left a station inquire there no more; nobody
    who came under somebody of an accused unit goes on inquiring about it."""
    vacancies.move_on(now=timezone.now())
    giving.take_back_from_those_gone(now=timezone.now())
    apart.keep_apart(now=timezone.now())


def settle_receipts() -> None:
    """Receipts that came early find their deliveries."""
    watch.settle_receipts(now=timezone.now())


def settle_early() -> None:
    """Changes that were read before their message find it."""
    watch.settle_early(now=timezone.now())


def watch_accounts() -> None:
    """Raise the alarm of accounts that fell silent or can't send, and end it when they work again."""
    with system("watching the accounts"):
        accounts.watch(now=timezone.now())


def hand_over_accounts() -> None:
    """The register of accounts follows the postings; whoever holds one from today is told."""
    with system("handing accounts over"):
        holdings.settle(now=timezone.now())


def catch_up() -> None:
    """Have the providers asked for what hooks did not bring: it takes its time, so each account is a job of its own."""
    with system("asking providers"):
        for account_id in asking.due(now=timezone.now()):
            tasks.catch_up.defer(account_id=account_id)


def fan_out() -> None:
    """What is said to groups goes on where its process died, and begins when its time has come."""
    with system("sending to groups"):
        for broadcast_id in fanning.due(now=timezone.now()):
            tasks.fan_out.defer(broadcast_id=broadcast_id)


def forget_recipients() -> None:
    """Who heard what long ago is forgotten, piece by piece."""
    with system("forgetting who heard what"):
        forgetting.forget(now=timezone.now())


def count_reach() -> None:
    """How far broadcasts came is counted again."""
    with system("counting the reach of broadcasts"):
        for broadcast in reach.to_count(now=timezone.now()):
            reach.count(broadcast, now=timezone.now())


def send_group_digests() -> None:
    """Groups that hear the best of a day at once hear it in the evening."""
    with system("sending digests"):
        digesting.send(now=timezone.now())


def forget_talk() -> None:
    """What members wrote is removed after its time."""
    with system("forgetting talk of groups"):
        talk.forget(now=timezone.now())


def watch_bulletins() -> None:
    """What one commander let go alone, and nobody else looked at within the hour, is written down as such."""
    with system("watching bulletins"):
        issuing.miss_looks(now=timezone.now())


def take_late_parts() -> None:
    """Long messages whose rest does not come are shown as they are."""
    watch.take_late_parts(now=timezone.now())


def extend_partitions() -> None:
    """Keep two empty ranges of ids ahead in every partitioned table."""
    with system("extending partitions"), connection.cursor() as cursor:
        for table in PARTITIONED:
            cursor.execute("SELECT rabta_extend(%s::regclass)", [table])


def sweep_orphans() -> None:
    """Remove files whose transaction never came to an end."""
    with system("sweeping orphaned files"):
        store.sweep_orphans(timezone.now() - ORPHAN_AGE)


def sweep_sign_in() -> None:
    """Remove what signing in leaves behind: sessions, devices, links and counters that have ended."""
    with system("sweeping ended sign-ins"), connection.cursor() as cursor:
        for statement in ENDED:
            cursor.execute(statement)


def sweep_done() -> None:
    """Forget the keys of requests that no phone will send again."""
    with system("sweeping keys of requests"), connection.cursor() as cursor:
        cursor.execute(DONE)


def add_up_ledger() -> None:
    """One entry of the ledger a day instead of one for each batch."""
    with system("adding up the ledger"):
        ledger.add_up(before=timezone.now() - LEDGER_AGE)


def add_up_tally() -> None:
    """One line of the review's figures for each unit and day instead of one for every change."""
    with system("adding up the figures"), connection.cursor() as cursor:
        cursor.execute("SELECT rabta_add_up_tally()")


def fold_figures() -> None:
    """Cases that changed change the figures."""
    with system("counting cases"):
        folding.fold()


def refresh_templates() -> None:
    """What providers think of our templates, in case a hook was lost."""
    templates.refresh_all(now=timezone.now())


def forget_heard() -> None:
    """Providers' ids that can't be answered any more."""
    with system("forgetting providers' ids"):
        heard.forget(now=timezone.now())


def share_out() -> None:
    """Desks that want it have their open cases given to operators; whoever is away hands his back."""
    assigning.hand_back(now=timezone.now())
    assigning.share_out(now=timezone.now())


def raise_desk_alarms() -> None:
    """Heads of desks hear of cases that nobody takes."""
    assigning.raise_alarms(now=timezone.now())


def hand_over_cases() -> None:
    """Papers that another force did not take are sent again; those tried often enough are given up."""
    with system(transferring.HANDING.system_reason):
        transferring.send_due(now=timezone.now())


def send_notices() -> None:
    """Officers who want it are told of notices on their telephones."""
    noticing.send(now=timezone.now())


def pass_on_instructions() -> None:
    """Who has not confirmed an instruction is reminded; what is late goes on by itself and is told one level up;
    so is proof that does not come."""
    relaying.tick(now=timezone.now())
    proof_watch.tick(now=timezone.now())


def tidy_desk() -> None:
    """Presences, drafts and notices that have ended."""
    with system("tidying the desk"):
        for part in (presence, drafts, notices):
            part.forget(now=timezone.now())


def forget_early() -> None:
    """Changes whose message never came."""
    with system("forgetting changes of unknown messages"):
        early.forget(now=timezone.now())


def fill_searches() -> None:
    """What was there before a new search was; a second's work at most, so that other sweeps have their turn."""
    until = time.monotonic() + 1
    while filling.fill() and time.monotonic() < until:
        pass


def watch_places() -> None:
    """Members whose place in a group ends are told; what nobody renewed lapses."""
    renewing.watch(now=timezone.now())


SWEEPS: tuple[tuple[str, float, Callable[[], None]], ...] = (
    ("join receipts", 2, settle_receipts),
    ("pass on undelivered orders", 10, pass_on_undelivered),
    ("watch the limits", 10, watch_limits),
    ("bring limits under new rules", 60, renew_limits),
    ("suggest interim replies", 600, suggest_interim_replies),
    ("send the figures of the review", 300, send_digests),
    ("follow postings", 300, follow_postings),
    ("take late parts", 10, take_late_parts),
    ("join early changes", 10, settle_early),
    ("share out the desk's cases", 10, share_out),
    ("watch for unassigned cases", 60, raise_desk_alarms),
    ("hand cases over", 15, hand_over_cases),
    ("send notices", 10, send_notices),
    ("pass on instructions", 15, pass_on_instructions),
    ("send to groups", 5, fan_out),
    ("watch bulletins", 60, watch_bulletins),
    ("send the digests of groups", 300, send_group_digests),
    ("forget talk of groups", 24 * 3600, forget_talk),
    ("count how far it came", 10, count_reach),
    ("forget who heard what", 300, forget_recipients),
    ("tidy the desk", 3600, tidy_desk),
    ("watch the accounts", 30, watch_accounts),
    ("hand accounts over", 60, hand_over_accounts),
    ("add up the figures", 60, add_up_tally),
    ("count cases", 5, fold_figures),
    ("catch up with providers", 30, catch_up),
    ("extend partitions", 3600, extend_partitions),
    ("sweep ended sign-ins", 900, sweep_sign_in),
    ("sweep orphaned files", 24 * 3600, sweep_orphans),
    ("sweep keys of requests", 24 * 3600, sweep_done),
    ("add up the ledger", 24 * 3600, add_up_ledger),
    ("seal originals", 20, keeping.seal_originals),
    ("end requests for sealed names", 600, keeping.end_openings),
    ("ask for templates", 1800, refresh_templates),
    ("forget providers' ids", 24 * 3600, forget_heard),
    ("forget early changes", 24 * 3600, forget_early),
    ("fill searches", 3, fill_searches),
    ("watch places in groups", 3600, watch_places),
    ("erase what is past its time", 1800, keeping.erase),
)
