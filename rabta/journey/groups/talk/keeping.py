"""Keeping what members said to their groups: what waits, what is held back, strikes, and the polite answers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app as deferred

from rabta import bulk, keys
from rabta.channels.models import Account
from rabta.groups import talk
from rabta.groups.models import Group, Item, Member, Strike
from rabta.journey.groups.bulletins import receipts
from rabta.journey.groups.members import leaving, letters
from rabta.journey.groups.spoken import Spoken, World
from rabta.kit import ids
from rabta.outbox.posting import Outgoing, post
from rabta.replying import texts
from rabta.rules import moderation
from rabta.rules.moderation import FADES_AFTER, MUTED_FOR, Noise, Step
from rabta.triage.assess import assess

CODES = {Step.REMIND: "remind", Step.MUTE: "mute", Step.PUT_UP: "mute"}


def keep(spoken: Sequence[Spoken], world: World, *, now: datetime) -> None:
    """Save the talk of a batch, count it, answer it once a day. Nine statements at most, none for no talk."""
    if not spoken:
        return
    items = [_item(one) for one in spoken]
    counted: talk.Counted = Counter()
    for each in spoken:
        counted[each.group.pk, talk.HEARD] += 1
        if each.noise:
            counted[each.group.pk, each.noise] += 1
    steps = strike([(s.member, s.group, s.noise) for s in spoken if s.noise], now=now)
    _answer(spoken, items, steps, world, now=now)
    bulk.insert(items)
    talk.add(counted, at=now)
    for item in items:
        if item.picture == Item.Picture.COMING:
            fetch = deferred.configure_task(
                "rabta.jobs.tasks.fetch_group_picture", allow_unknown=True, queue="media"
            )
            fetch.defer(item_id=item.pk)


def _item(spoken: Spoken) -> Item:
    one, held, coming = spoken.one, spoken.noise is not None, bool(spoken.one.item.media)
    text = one.item.text.strip()
    return bulk.new(
        Item,
        public_id=ids.public_id(),
        group=spoken.group,
        member=spoken.member,
        journal_id=one.journal_id,
        position=one.position,
        received_at=one.received_at,
        shown_at=None if coming else one.received_at,
        language=assess(text).language if text else spoken.member.language,
        text="" if held else text,
        sealed=seal(text) if held else None,
        noise=spoken.noise or "",
        state=Item.State.HELD if held else Item.State.WAITING,
        forwarded=one.item.forwarded,
        picture=Item.Picture.COMING if coming else Item.Picture.NONE,
    )


def seal(text: str) -> bytes:
    """Words that were removed from sight: kept as evidence, under the key of stored files."""
    return keys.seal_for("files", text.encode())


def strike(held: Iterable[tuple[Member, Group, str]], *, now: datetime) -> dict[int, Step]:
    """Count these against their members; returns what follows, by member. Nothing is asked where nobody is struck.

    Who is silenced already is struck no more: the next step is for who goes on after the week.
    """
    new = [
        bulk.new(Strike, member=member, group=group, noise=noise, weight=moderation.weight_of(noise), at=now)
        for member, group, noise in held
        if moderation.weight_of(noise) and not (member.muted_until and member.muted_until > now)
    ]
    if not new:
        return {}
    earlier: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    rows = Strike.objects.filter(member__in={row.member_id for row in new}, at__gt=now - FADES_AFTER)
    for struck, at, weight in rows.values_list("member", "at", "weight"):
        earlier[struck].append((at, weight))
    members = {row.member_id: row.member for row in new}
    steps: dict[int, Step] = {}
    counted: list[Strike] = []
    for pk, member in members.items():
        theirs = [row for row in new if row.member_id == pk]
        weights = [(row.at, row.weight) for row in theirs]
        count = moderation.until_step(earlier[pk], weights, now=now)
        added, counted = weights[:count], [*counted, *theirs[:count]]
        before = moderation.counting(earlier[pk], now=now)
        member.strikes = moderation.counting([*earlier[pk], *added], now=now)
        step = moderation.step_after(before=before, after=member.strikes)
        if step:
            steps[pk] = step
        if step in (Step.MUTE, Step.PUT_UP):
            member.muted_until = now + MUTED_FOR
        Member.objects.filter(pk=pk).update(strikes=member.strikes, muted_until=member.muted_until)
    bulk.insert(counted)
    return steps


def _answer(
    spoken: Sequence[Spoken], items: Sequence[Item], steps: dict[int, Step], world: World, *, now: datetime
) -> None:
    """A polite answer to each, once a day for what is held back and once for what waits: who greeted in the morning is
    told at noon that his report has come. What follows strikes is always told."""
    told = set(world.answered)
    letters: list[Outgoing | None] = []
    for each, item in zip(spoken, items, strict=True):
        step = steps.pop(each.member.pk, None)
        about = each.member.pk, each.noise is not None
        if step is None and (about in told or _waits_for_picture(each) or _is_receipt(each)):
            continue
        told.add(about)
        item.answered_at = now
        letters.append(leaving.letter_to(each.one, each.member, _words(each, step)))
    post([letter for letter in letters if letter], now)


def _waits_for_picture(each: Spoken) -> bool:
    """Whether nobody knows yet what it is: a picture without words is answered when it was looked at."""
    return bool(each.one.item.media) and each.noise is None


def _is_receipt(each: Spoken) -> bool:
    """Whether he says that he saw what nobody asked about: that is no greeting, and wants no answer."""
    return receipts.is_receipt(each.one.item.text)


def _words(each: Spoken, step: Step | None) -> str:
    muted = each.noise == Noise.MUTED
    code = CODES[step] if step else "mute" if muted else "held" if each.noise else "waits"
    return answer_words(code, each.member, each.group)


def answer_words(code: str, member: Member, group: Group, **values: str) -> str:
    """One of the letters about what a member wrote."""
    until = timezone.localdate(member.muted_until).strftime("%d.%m.%Y") if member.muted_until else ""
    return talk.reply(
        code, language=member.language, group=letters.name_in(group, language=member.language), day=until,
        emergency_number=settings.EMERGENCY_NUMBER, **values,
    )  # fmt: skip


def post_to(member: Member, group: Group, account: Account, text: str, *, now: datetime) -> None:
    """Write to a member later than he wrote; by a template where the channel wants one by then."""
    assert member.address is not None
    template = texts.template(
        letters.TEMPLATE,
        language=member.language or settings.CITIZEN_LANGUAGE,
        params=(letters.name_in(group, language=member.language), text),
    )
    letter = Outgoing(
        account=account, address=member.address.pk, address_digest=bytes(member.address.digest), text=text,
        template=template, visible_to=[],
    )  # fmt: skip
    post([letter], now)
