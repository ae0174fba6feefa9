"""Questions to citizens as letters carry them: the words, what can be pressed, and all the names of each choice."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from rabta.cases.models import Case
from rabta.channels.contract import Button
from rabta.force.directory import Directory
from rabta.force.models import Named
from rabta.replying import texts
from rabta.rules.questions import OTHER, Pressed, Question, Spot, key_of

SHIPPED = Path(__file__).parent / "data" / "questions.csv"
NAMES = {"hi": "name_hi", "ur": "name_ur", "ps": "name_ur"}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question in the citizen's language. `options` is what each choice means, in the order of the buttons."""

    question: Question
    text: str
    options: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()


@cache
def _titles() -> dict[tuple[str, str], dict[str, str]]:
    """The names of the choices by question, choice and language ("" where they are the same in all)."""
    own = Path(settings.HOME) / "tables" / "questions.csv"
    found: dict[tuple[str, str], dict[str, str]] = {}
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["question"], row["value"]), {})[row["lang"]] = row["title"]
    return found


def options(question: Question, *, spots: Sequence[Spot] = ()) -> tuple[str, ...]:
    """What can be chosen. RABTA_HOME/tables/questions.csv, where it exists, takes the place of ours."""
    if question == Question.PLACE:
        return (*(f"{spot.station}:{spot.name}" for spot in spots), OTHER) if spots else ()
    return tuple(value for asked, value in _titles() if asked == question)


def ask(
    question: Question, *, case: Case, language: str, spots: Sequence[Spot], directory: Directory
) -> Asked:
    """The question. A place of which nothing is known has no choices: it is asked in words, and by
    the button that sends where one is."""
    choices = options(question, spots=spots)
    if not choices:
        text = texts.reply("returned_place", language=language, reference=case.reference)
        send = Button(key="place", title=texts.reply("send_place", language=language), sends_place=True)
        return Asked(question=question, text=text, buttons=(send,))
    opens = texts.reply("ask_list", language=language)
    buttons = tuple(
        Button(
            key=key_of(Pressed(case=case.public_id, question=question, choice=at)),
            title=title(question, choice, choices=choices, language=language, directory=directory),
            opens=opens,
        )
        for at, choice in enumerate(choices)
    )
    text = texts.reply(f"ask_{question}", language=language)
    return Asked(question=question, text=text, options=choices, buttons=buttons)


def spot_of(option: str) -> Spot | None:
    """The place that a choice means."""
    station, _, name = option.partition(":")
    return Spot(name, int(station)) if name and station.isascii() and station.isdigit() else None


def title(question: str, option: str, *, choices: Sequence[str], language: str, directory: Directory) -> str:
    """What stands on the button of a choice, in a language of citizens."""
    spot = spot_of(option)
    if spot is None:
        return _of(_titles().get((question, option), {}), language) or option
    unit = directory.all_units.get(spot.station)
    known = directory.spot(named=spot.name, station=spot.station)
    others = {other.name for other in map(spot_of, choices) if other}
    if len(others) > 1 and known:
        return known.name
    return _name(unit, language) if unit else spot.name


def names(question: str, option: str, *, directory: Directory) -> set[str]:
    """All that a choice is called, in every language: what somebody may write instead of pressing."""
    spot = spot_of(option)
    if spot is None:
        return set(_titles().get((question, option), {}).values())
    known = directory.spot(named=spot.name, station=spot.station)
    unit = directory.all_units.get(spot.station)
    found = {unit.name, unit.name_hi, unit.name_ur} if unit else set()
    return (found | ({known.name} if known else set())) - {""}


def _name(named: Named, language: str) -> str:
    return getattr(named, NAMES.get(language, "name")) or named.name


def _of(by_language: dict[str, str], language: str) -> str:
    wanted = (language, "", settings.CITIZEN_LANGUAGE, "en")
    return next((by_language[code] for code in wanted if code in by_language), "")
