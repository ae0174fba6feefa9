"""The words that officers answer orders with, and the buttons that stand under an order."""

import csv
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from rabta import keys
from rabta.cases.models import Order
from rabta.channels.contract import Button
from rabta.rules.answers import CODE_DIGITS, NUMBERS, Act, key_of
from rabta.rules.phrases import PhraseTable

SHIPPED = Path(__file__).parent / "data" / "answer_words.csv"


@cache
def words() -> PhraseTable[str]:
    """Words and numbers by act. RABTA_HOME/tables/answer_words.csv, where it exists, takes the place of ours."""
    own = Path(settings.HOME) / "tables" / "answer_words.csv"
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        return PhraseTable.of([(row["word"], row["act"]) for row in csv.DictReader(file)])


def buttons(order: Order, *acts: Act) -> tuple[Button, ...]:
    """What can be pressed under a letter about this order, in the language that is active. At most 20 letters each."""
    titles = {
        Act.ACCEPT: _("Accept"),
        Act.DONE: _("Done"),
        Act.RETURN: _("Return"),
        Act.WAY: _("On my way"),
        Act.ONWARD: _("Pass on"),
    }
    return tuple(
        Button(key=key_of(order.public_id, act), title=titles[act], number=NUMBERS[act]) for act in acts
    )


def code_of(order: Order) -> str:
    """What an answer by a channel on which senders can be forged must hold: only letters to the post's holders say it.

    Six digits, so that guessing takes hundreds of thousands of letters, each of which the officer is told of.
    """
    number = int.from_bytes(keys.digest("answer", order.public_id))
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def first_buttons(order: Order) -> tuple[Button, ...]:
    """Under the letter that gives the order; nothing can be answered to what is sent for information."""
    if order.part == Order.Part.INFORM:
        return ()
    if order.on_its_way:
        return buttons(order, Act.ONWARD, Act.ACCEPT, Act.RETURN)
    return buttons(order, Act.ACCEPT, Act.DONE, Act.RETURN)
