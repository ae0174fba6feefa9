"""What may be said under a public post: the table of words that speak of a matter, and the matter's own facts."""

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

from rabta.cases.models import Case, Message
from rabta.channels.registry import BY_KIND
from rabta.force.models import Named
from rabta.kit import scripts
from rabta.rules.phrases import PhraseTable
from rabta.rules.public_words import Told, told_in

SHIPPED = Path(__file__).parent / "data" / "case_words.csv"


@cache
def case_words() -> PhraseTable[str]:
    """Phrases that speak of a matter (FIR, arrested, complaint …), in every language."""
    own = Path(settings.HOME) / "tables" / "case_words.csv"
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        return PhraseTable.of((row["phrase"], row["lang"]) for row in csv.DictReader(file))


def tells(case: Case, text: str, *, category: Iterable[str]) -> list[tuple[Told, str]]:
    """What the text would tell everybody about the case, with the words that do. `category`: its names."""
    return told_in(text, case_words=case_words(), known=[*_known(case), *category])


def post_to_answer(case: Case) -> Message | None:
    """The newest public post of the case under which we can write; None where there is none."""
    if not BY_KIND[case.account.channel].send:
        return None
    posts = case.messages.filter(direction=Message.Direction.IN, public=True, revoked_at=None)
    return posts.exclude(sealed_id=None).order_by("-id").first()


def post_before(case: Case) -> Message | None:
    """The public post that a private letter answers: the writer's last word, if that was said in public."""
    said = Message.objects.filter(conversation=case.conversation_id, direction=Message.Direction.IN)
    last = said.order_by("-id").first()
    return last if last and last.public else None


def _known(case: Case) -> Iterator[str]:
    yield case.reference
    yield from filter(None, scripts.normalise(case.place).split(","))
    for named in (case.lead_unit, case.accused_unit, case.assigned_to):
        yield from _names(named)
    for order in case.orders.select_related("post", "unit"):
        yield from _names(order.post)
        yield from _names(order.unit)


def _names(named: Named | None) -> Iterator[str]:
    if named is not None:
        yield from filter(None, (named.name, named.name_hi, named.name_ur))
