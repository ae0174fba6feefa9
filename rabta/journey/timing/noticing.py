"""Notices on the telephone: what an officer chose, outside his quiet hours; what is urgent always.

The message says that there is something to read, and nothing of any case: lock screens are read by others.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation

from rabta.cases.models import Case
from rabta.channels.models import Account
from rabta.channels.ways import of_way
from rabta.desk import notices
from rabta.desk.models import Notice, Wish
from rabta.force import directory as force_directory
from rabta.force.access import scope_of, system
from rabta.force.models import Officer
from rabta.force.names import listed
from rabta.outbox.models import Delivery
from rabta.outbox.posting import Outgoing, post
from rabta.people.handles import digest_of
from rabta.replying import texts
from rabta.rules.visibility import person
from rabta.tasking.notify import nearest_account, sending_accounts

AT_ONCE = 200
LINK = "/notices/"


def send(*, now: datetime) -> int:
    """Queue what is to go to telephones; returns how many messages. One officer gets one message for all that waits."""
    with system("telling officers of notices"):
        rows = Notice.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            sent_at=None, read_at=None
        )
        waiting = list(rows.select_related("officer").order_by("id")[:AT_ONCE])
        wishes = {
            wish.officer_id: wish for wish in Wish.objects.filter(officer__in=[n.officer_id for n in waiting])
        }
        settled = _kept_from_them(waiting, now=now)
        piles: dict[int, list[Notice]] = {}
        for notice in waiting:
            if notice.pk in settled:
                continue
            wish = wishes.get(notice.officer_id)
            goes, wanted = notices.goes_out(notice, wish, now=now), wish and notice.what in wish.by_phone
            if goes:
                piles.setdefault(notice.officer_id, []).append(notice)
            if goes or not wanted:
                settled.add(notice.pk)  # the rest waits for the end of the quiet hours
        letters = _letters(list(piles.values()), wishes, now=now)
        post(letters, now)
        Notice.objects.filter(pk__in=settled).update(sent_at=now)
        return len(letters)


def _kept_from_them(waiting: Sequence[Notice], *, now: datetime) -> set[int]:
    """Notices about cases that their officers may not see any more. Two queries an officer."""
    about: dict[Officer, list[Notice]] = {}
    for notice in waiting:
        if notice.case_id is not None:
            about.setdefault(notice.officer, []).append(notice)
    kept: set[int] = set()
    for officer, theirs in about.items():
        scope = scope_of(officer, on=timezone.localdate(now))
        cases = Case.objects.filter(scope.visible(), pk__in=[notice.case_id for notice in theirs])
        seen = set(cases.values_list("pk", flat=True))
        kept |= {notice.pk for notice in theirs if notice.case_id not in seen}
    return kept


def _letters(piles: list[list[Notice]], wishes: dict[int, Wish], *, now: datetime) -> list[Outgoing]:
    """A letter a pile, the way that the officer chose; any way rather than none."""
    accounts, directory = sending_accounts(), force_directory.current(now=now)
    letters = []
    for pile in piles:
        officer = pile[0].officer
        held = directory.posts_of(officer.pk)
        wish = wishes.get(officer.pk)
        his = (of_way(accounts, wish.way) if wish else []) or accounts
        account = nearest_account(his, path=directory.path(held[0].unit_id)) if held else None
        if officer.phone and account:
            letters.append(_letter(pile, account))
    return letters


def _letter(pile: list[Notice], account: Account) -> Outgoing:
    officer = pile[0].officer
    with translation.override(officer.language):
        about = listed(dict.fromkeys(str(notices.KINDS[notice.what]) for notice in pile))
    link = f"{settings.BASE_URL}{LINK}"
    template = texts.template("notice_v1", language=officer.language, params=(about, link))
    return Outgoing(
        account=account,
        number=officer.phone,
        address_digest=digest_of(scheme="phone", handle=officer.phone),
        text=texts.template_words(template),
        template=template,
        priority=Delivery.Priority.USUAL,
        visible_to=[person(officer.pk)],
    )
