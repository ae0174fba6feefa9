"""What members write to the force: talk of their groups is taken out of a batch, all else goes the citizen's way.

Whatever may be a matter of the police is left where it is, and nothing of it is kept with the member or his groups:
no item, no count, no strike. In doubt it is one (`talk_words.is_for_desk`). A batch without a member costs one query.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, cast

from rabta.channels.contract import Arrived
from rabta.channels.registry import BY_KIND
from rabta.force.directory import Directory
from rabta.groups import cards
from rabta.groups import members as rows_of
from rabta.groups.models import Member
from rabta.intake import asking
from rabta.intake.contents import Incoming
from rabta.journey.groups import talk_words
from rabta.journey.groups.bulletins import answers, claiming
from rabta.journey.groups.members import by_message, leaving, news, running
from rabta.journey.groups.spoken import Spoken, World, known_to_desk, world_of
from rabta.journey.groups.talk import keeping
from rabta.outbox import windows
from rabta.people.handles import digest_of
from rabta.replying import commands, wishes
from rabta.rules.moderation import Noise

Messages = list[Incoming[Arrived]]
SHOWN = ("image",)  # what a moderator looks at; a voice or a film without words may say anything


class Press(Protocol):
    """Takes a journalist's question (`journey.press.asking.asked`); what is nothing then goes the citizen's way."""

    def __call__(self, *, member: Member, text: str, now: datetime) -> object: ...


def take(
    incoming: Sequence[Incoming[Arrived]], *, directory: Directory, press: Press, now: datetime
) -> Messages:
    """Take what members say to their groups; returns the messages that are something else, in order."""
    may = [one for one in incoming if _may_be_talk(one, directory)]
    joined = {id(one) for one in may if by_message.take(one, now=now) or news.take(one, now=now)}
    found = rows_of.find(_sender(one) for one in may if id(one) not in joined)
    if not found and not joined:
        return list(incoming)
    theirs = [one for one in may if _sender(one) in found and id(one) not in joined]
    world = world_of(theirs, found, now=now)
    rest: Messages = []
    taken: list[Incoming[Arrived]] = [one for one in may if id(one) in joined]
    talk: list[Spoken] = []
    ours = {id(one) for one in theirs}
    for one in incoming:
        if id(one) in joined:
            continue
        if id(one) not in ours:
            rest.append(one)
            continue
        spoken = _done(one, found[_sender(one)], world, press=press, now=now)
        if isinstance(spoken, Spoken):
            talk.append(spoken)
        if spoken:
            taken.append(one)
        else:
            rest += [*_said_before(one, found[_sender(one)], world, talk, taken), one]
    keeping.keep(talk, world, now=now)
    windows.wrote((one.account.pk, _digest(one), one.received_at) for one in taken)
    return rest


def _sender(one: Incoming[Arrived]) -> tuple[str, str]:
    return one.item.sender.scheme, one.item.sender.handle


def _digest(one: Incoming[Arrived]) -> bytes:
    return digest_of(scheme=one.item.sender.scheme, handle=one.item.sender.handle)


def _may_be_talk(one: Incoming[Arrived], directory: Directory) -> bool:
    """Whether it is a private message of nobody whom we know as an officer, over a channel that can answer."""
    item, channel = one.item, BY_KIND[one.account.channel]
    form = set(item.choices) - {"id", "word"}
    other = item.public or item.group or item.overheard or form or channel.by_file or channel.send is None
    officer = item.sender.scheme == "phone" and item.sender.handle in directory.officer_phones
    return not other and not officer


def _done(
    one: Incoming[Arrived], member: Member, world: World, *, press: Press, now: datetime
) -> Spoken | bool:
    """What it is as talk, True where it was something else of a member and is done, False for the citizen's way."""
    if member.pk in world.places and answers.take(one, member, world, now=now):
        return True
    asked = commands.asked_in(one.item, channel=BY_KIND[one.account.channel])
    if leaving.take(one, member, world, asked=asked.word if asked else None, now=now):
        return bytes(member.digest) not in world.known  # whoever is known as a citizen is answered as one too
    place = world.places.get(member.pk)
    if place is None or asked or _about_case(one, world):
        return False
    if bytes(member.digest) in world.with_cases and not running.speaks_to_all(one, member):
        return False
    return _talk(one, member, world, press=press, now=now)


def _about_case(one: Incoming[Arrived], world: World) -> bool:
    """Whether it answers a letter to the citizen, or asks for something about a closed matter."""
    wish = wishes.wished_in(one.item, channel=BY_KIND[one.account.channel])
    return world.quotes_citizen(one) or bool(wish) or ":" in one.item.choices.get("id", "")


def _talk(
    one: Incoming[Arrived], member: Member, world: World, *, press: Press, now: datetime
) -> Spoken | bool:
    item = one.item
    kinds = {media.kind for media in item.media}
    if item.place or item.place_name or kinds - set(SHOWN) or not (item.text.strip() or kinds):
        return False
    text = "\n".join([*(before.text for before in world.before(member, one)), item.text])
    journalist = _asks_the_press(one, member)
    surely = talk_words.is_withheld(text) or talk_words.is_danger(text)
    matter = surely or talk_words.has_category(
        text
    )  # that its words name the police is none: it is their card
    if not kinds and not matter and _asks_for_card(one, member, world, now=now):
        return True
    to_all = running.speaks_to_all(one, member)
    if surely if journalist and not to_all else talk_words.is_for_desk(text):
        _offer_rumour(one, member, world)
        if to_all:
            running.tell_not_said(one, member, now=now)
        return False
    if running.take(one, member, now=now):
        return True
    if journalist:
        return bool(press(member=member, text=item.text, now=now))
    noise = _noise(one, member, captioned=bool(item.text.strip()), now=now)
    place = world.places[member.pk]
    return Spoken(one=one, member=member, group=place, digest=_digest(one), noise=noise)


def _offer_rumour(one: Incoming[Arrived], member: Member, world: World) -> None:
    """What is told on of an alarm is the desk's, and waits among the rumours, without the name of who wrote it, to be
    answered to everybody who heard it."""
    if talk_words.is_rumour(one.item.text):
        claiming.offered(
            member=member,
            text=one.item.text,
            group=world.places[member.pk],
            item=f"{one.journal_id}.{one.position}",
            now=one.received_at,
        )


def _noise(one: Incoming[Arrived], member: Member, *, captioned: bool, now: datetime) -> Noise | None:
    found = talk_words.noise_of(one.item.text, forwarded=one.item.forwarded) if captioned else None
    if found and one.item.media:
        found = Noise.PICTURE if found in (Noise.GREETING, Noise.THANKS, Noise.EMOJI) else found
    if found is None and member.muted_until and member.muted_until > now:
        return Noise.MUTED
    return found


def _asks_the_press(one: Incoming[Arrived], member: Member) -> bool:
    return member.kind == "journalist" and any(sign in one.item.text for sign in "?؟")


def _asks_for_card(one: Incoming[Arrived], member: Member, world: World, *, now: datetime) -> bool:
    """Whether it asks for an identity card; then it is answered by policy and counted by group (H14)."""
    if not cards.asked(one.item.text):
        return False
    cards.count(group=world.places[member.pk], now=now)
    leaving.answer(one, member, cards.answer(language=member.language), now=now)
    return True


def _said_before(
    one: Incoming[Arrived], member: Member, world: World, talk: list[Spoken], taken: Messages
) -> Messages:
    """What the member wrote just before, and nobody decided yet: with what came now it may be one matter.

    It goes the citizen's way too, and is talk of the group no more, as if it had never been; but what was looked at
    there stays as well.
    """
    words = [*(item.text for item in world.before(member, one)), one.item.text]
    if member.pk not in world.places or not talk_words.is_for_desk("\n".join(words)):
        return []
    earlier = [spoken for spoken in talk if spoken.member.pk == member.pk and not spoken.noise]
    for spoken in earlier:
        talk.remove(spoken)
        taken.remove(spoken.one)
    found = [asking.item_of(item.journal_id, item.position) for item in world.withdraw(member)]
    again = [cast(Incoming[Arrived], each) for each in found if each and isinstance(each.item, Arrived)]
    return [*(one for one in again if not known_to_desk(one)), *(spoken.one for spoken in earlier)]
