"""What we write to citizens by ourselves, in five languages. A force changes the CSV files, not the code."""

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path

from django.conf import settings

from rabta.channels.contract import Template
from rabta.kit import scripts

SHIPPED = Path(__file__).parent / "data"
# WhatsApp knows no Roman Urdu: such readers get the English template, and Latin letters they can read.
TEMPLATE_LANGUAGE = {"roman": "en", "": "en"}


@cache
def _table(name: str, key: str, *, lang: str = "lang", text: str = "text") -> dict[tuple[str, str], str]:
    own = Path(settings.HOME) / "tables" / f"{name}.csv"
    with (own if own.exists() else SHIPPED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {(row[key], row[lang]): row[text] for row in csv.DictReader(file)}


def reply(code: str, *, language: str, **values: str) -> str:
    """A reply in the reader's language, in the force's own where that is unknown."""
    return _in_language(_table("replies", "code"), code, language).format(**values)


def replies(code: str) -> list[str]:
    """A reply without variables, in every language that has it."""
    return sorted(text for (found, _), text in _table("replies", "code").items() if found == code)


def state_words(state: str, *, language: str) -> str:
    """The state of a case as its sender is told it."""
    return _in_language(_table("states", "state"), state, language)


def outcome_words(outcome: str, *, language: str) -> str:
    """How a case ended, in one neutral sentence for its sender."""
    return _in_language(_table("outcomes", "outcome"), outcome, language)


def _in_language(table: dict[tuple[str, str], str], code: str, language: str) -> str:
    for choice in (language, settings.CITIZEN_LANGUAGE, "en"):
        if (code, choice) in table:
            return table[code, choice]
    raise KeyError(f"replying: no text {code!r} in the tables")


def template(name: str, *, language: str, params: tuple[str, ...]) -> Template:
    """An approved template with its variables; newlines are not allowed in them (WhatsApp, error 132018)."""
    code = TEMPLATE_LANGUAGE.get(language, language)
    return Template(name=name, language=code, params=tuple(" ".join(p.split()) for p in params))


def template_words(of: Template) -> str:
    """What a person reads of a template: for where its words go as free text."""
    table = _table("templates", "name", lang="language", text="body")
    words = _in_language(table, of.name, of.language)
    for number, value in enumerate(of.params, start=1):
        words = words.replace("{{" + str(number) + "}}", value)
    return words


def framed_words(of: Template, *, last: str) -> str:
    """The same with the last of its variables as it was written: lines stay lines, with those of the template around
    them."""
    if "\n" not in last:
        return template_words(of)
    lined = replace(of, params=(*of.params[:-1], f"\n{last}\n"))
    return "\n".join(line.strip() for line in template_words(lined).splitlines())


def one_line(text: str) -> str:
    """Lines as sentences one after the other, as a template's variable has them: what follows begins a new one."""
    return " ".join(sentence(line) for line in text.splitlines() if line.strip())


def sentence(text: str) -> str:
    """A text that ends as a sentence ends in its script, so that another can follow."""
    text = text.strip()
    if not text or text[-1] in ".!?۔؟।…:;,،؛":
        return text
    return text + {"arabic": "۔", "devanagari": "।"}.get(scripts.script_of(text), ".")
