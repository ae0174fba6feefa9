"""What citizens may ask for after (or before) their matter is closed: the words they send, and what we ask them."""

import csv
from functools import cache
from pathlib import Path

from django.conf import settings

from rabta.cases.models import Case
from rabta.channels.contract import Arrived, Button, Channel
from rabta.kit import scripts
from rabta.people.models import Safe
from rabta.replying import texts
from rabta.replying.letters import language_for, private_way, safe_of, sensitive
from rabta.rules.second_look import may_ask_opinion
from rabta.rules.wishes import Wish, Wished, key_of, of_key, wished

SHIPPED = Path(__file__).parent / "data" / "wish_words.csv"
GOOD, BAD = 5, 1


@cache
def _words() -> dict[str, tuple[Wish, int]]:
    own = Path(settings.HOME) / "tables" / "wish_words.csv"
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        return {
            " ".join(scripts.words(row["word"])): (Wish(row["wish"]), int(row["mark"] or 0))
            for row in csv.DictReader(file)
        }


def wished_in(item: Arrived, *, channel: Channel) -> Wished | None:
    """The wish that a message is: a private one, by a button, by the status page, or by its first word."""
    if item.public or item.group or item.media or item.place:
        return None
    pressed = of_key(item.choices.get("wish", "") or item.choices.get("id", ""))
    if pressed or channel.send is None:
        return pressed
    return wished(item.text, words=_words())


def question(case: Case, *, outcome: str, restricted: bool) -> tuple[str, tuple[Button, ...]]:
    """What is asked under the letter that closes a case, with its buttons; nothing where it is not asked."""
    handle = case.conversation.handle
    careful = sensitive(case) or bool(case.accused_unit_id) or restricted
    protected = case.hides_author or safe_of(case) == Safe.NO or handle.stopped_at is not None
    asks = may_ask_opinion(outcome=outcome, kind=case.kind, sensitive=careful, protected=protected)
    if not asks or not private_way(case.conversation):
        return "", ()
    language = language_for(case)
    buttons = tuple(
        Button(
            key=key_of(Wish.OPINION, case=case.public_id, mark=mark),
            title=texts.reply(f"opinion_{name}", language=language),
            number=mark,
        )
        for mark, name in ((GOOD, "yes"), (BAD, "no"))
    )
    return texts.reply("opinion_asked", language=language), buttons


def reopen_button(case: Case) -> tuple[Button, ...]:
    """To press instead of writing the word."""
    title = texts.reply("wish_reopen", language=language_for(case))
    return (Button(key=key_of(Wish.REOPEN, case=case.public_id), title=title),)
