"""NEWS, written to the force's number, puts a citizen on the list of his district (K13, K19). STOP takes him off it.

Only the number itself can ask for it, so that nobody puts somebody else on a list. Who names no district, or one
without a list, is told which there are. A message that goes on in any other way is none of this: it is read as what it
is, a matter of the desk.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils import translation

from rabta.channels.contract import Arrived
from rabta.force import directory as force_directory
from rabta.groups import news, words
from rabta.groups.models import Door, Group
from rabta.intake.contents import Incoming
from rabta.journey.groups import talk_words
from rabta.journey.groups.members import joining, strangers
from rabta.journey.groups.members.joining import CITIZEN, Asked
from rabta.kit import ids, scripts
from rabta.outbox import windows
from rabta.rules.joining import word_of

LANGUAGE_OF_SCRIPT = {"arabic": "ur", "devanagari": "hi", "latin": "en"}
LETTERS = 8
MOST_NAMED = 30  # more districts than this make no message
ABOUT = "news:"


def take(one: Incoming[Arrived], *, now: datetime) -> bool:
    """Put the sender on the list that he means; he is told so. False: it asks for nothing of this.

    In a job with a stated reason. Nothing is learnt of the sender as a citizen.
    """
    item = one.item
    named = news.wish(item.text) if item.text and not item.media else None
    if named is None:
        return False
    open_lists = Group.objects.filter(kind=Group.Kind.CITIZENS, closed_at=None).select_related("unit")
    lists = list(open_lists.order_by("path"))
    path = force_directory.current(now=now).path(one.account.unit_id)
    group = news.list_for(named, lists=lists, path=path)
    if group is None:
        return _asks_which(one, named, lists, now=now)
    asked = Asked(
        name=item.sender.name, address=item.sender.address, scheme=item.sender.scheme, handle=item.sender.handle,
        kind=CITIZEN, language=LANGUAGE_OF_SCRIPT.get(scripts.script_of(item.text), ""),
    )  # fmt: skip
    joining.begin(
        door=_door(group, now=now), asked=asked, channel=one.account.channel, via="message", now=now
    )
    return True


def _asks_which(one: Incoming[Arrived], named: str, lists: Sequence[Group], *, now: datetime) -> bool:
    """Tell him which districts have a list. False where there is none, or where more stands there than a name: then it
    is a message to the desk, as “news of my bicycle” is."""
    if not lists or (named and not talk_words.is_name(named)):
        return False
    language = LANGUAGE_OF_SCRIPT.get(scripts.script_of(one.item.text), "")
    with translation.override(words.page_language(language)):
        names = [str(group.unit) for group in lists]
    districts = ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
    text = words.letter(
        "which_list", language=language, districts=districts, link=f"{settings.BASE_URL}/news/"
    )
    windows.wrote([(one.account.pk, strangers.digest_of(one), one.received_at)])
    strangers.answer(one, text, about=ABOUT, now=now)
    return True


def _door(group: Group, *, now: datetime) -> Door:
    """The list's own address: whoever is on a list came in by it."""
    made, _new = Door.objects.get_or_create(
        group=group, invitation=False, closed_at=None,
        defaults={"word": word_of(ids.letters(LETTERS)), "visible_to": group.visible_to, "made_at": now},
    )  # fmt: skip
    return made
