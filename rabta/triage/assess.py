"""What a message or a case is about, as far as words tell. The rules are in `rabta.rules`, the words in tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rabta.kit import scripts
from rabta.rules import matter
from rabta.rules.emergencies import Emergency, emergency_in, is_calm
from rabta.rules.language import language_of
from rabta.rules.matter import Category, Guess, Said, accusing_words, guess_category, withhold
from rabta.rules.noise import noise_of
from rabta.rules.topics import paired_words
from rabta.triage import tables


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """`category_source` is `citizen`, `words` or ``; `withheld` is why a person must decide first."""

    language: str
    noise: str
    category: str
    category_source: str
    kind: str
    urgency: int
    withheld: str
    withheld_why: dict[str, str] = field(default_factory=dict)

    def without_noise(self) -> "Assessment":
        """The same for a message that carries more than words: a photo with a greeting is no noise."""
        return replace(self, noise="")

    def as_word(self, *, language: str) -> "Assessment":
        """The same for a word such as STATUS, which is no matter of its own."""
        return replace(self, noise="word", language=language, category="", withheld="")

    @property
    def known_urgency(self) -> int | None:
        """The urgency when the category is known, else None."""
        return self.urgency if self.category else None


def assess(text: str, *, choices: Mapping[str, str] | None = None) -> Assessment:
    """Judge a text, and what the sender chose on a form (`category`, `kind`, `language`)."""
    return _assess(text, frozenset((choices or {}).items()))


def with_beside(text: str, beside: str, *, choices: Mapping[str, str] | None = None) -> Assessment:
    """Judge a text with the words that stand beside it (a place, the name of a file): these may withhold it and tell of
    danger to life, and decide nothing else."""
    found = assess(text, choices=choices)
    if not beside:
        return found
    more = assess(f"{text}\n{beside}", choices=choices)
    graver = (more.withheld and more.withheld != found.withheld) or more.urgency == 0 < found.urgency
    return replace(more, language=found.language or more.language) if graver else found


@lru_cache(maxsize=4096)  # a message, and then the case that it opens, are judged by the same words
def _assess(text: str, chosen: frozenset[tuple[str, str]]) -> Assessment:
    choices = dict(chosen)
    categories = tables.categories()
    noise = "" if choices else _noise(text)
    category, source = choices.get("category", ""), "citizen"
    if category not in categories:
        guess = None if noise else guessed(text)
        category, source = (guess.category, "words") if guess else ("", "")
    in_danger = not noise and danger_in(text) is not None
    withheld, why = _withhold(
        text, category=category, chosen_kind=choices.get("kind", ""), noise=noise, in_danger=in_danger
    )
    known = categories.get(category)
    return Assessment(
        language=choices.get("language") or _language(text),
        noise=noise,
        category=category,
        category_source=source,
        kind=_kind(withheld, choices.get("kind", ""), known.kind if known else ""),
        urgency=0 if in_danger else known.urgency if known else 3,
        withheld=withheld,
        withheld_why=why,
    )


@lru_cache(maxsize=4096)  # asked for its urgency, its category, and whether it is noise
def danger_in(text: str) -> Emergency | None:
    """The danger to life that the words tell of as happening, or None."""
    return emergency_in(text, language=_language(text), table=tables.emergency_words())


def guessed(text: str) -> Guess | None:
    """The category that the words decide, or None.

    Danger to life is one where the words know no graver matter; without danger nothing that is long over, a story or
    a question is taken for it. What may have to wait for a person keeps the category by which it waits.
    """
    guess, danger = _by_words(text), danger_in(text)
    known = tables.categories().get(guess.category) if guess else None
    if danger and not (known and _stays(known)):
        return Guess(category=danger.category, score=matter.DECISIVE, words=danger.words)
    if danger or not known or known.urgency > 0:
        return guess
    calm = is_calm(text, language=_language(text), table=tables.emergency_words())
    return None if calm else guess


def _stays(known: Category) -> bool:
    """Whether a category that words decide stays the case's, also where other words tell of danger to life."""
    return known.urgency <= matter.URGENT or known.kind in ("tip", "complaint_against_police")


@lru_cache(maxsize=4096)  # asked for the category, and whether it is danger by itself
def _by_words(text: str) -> Guess | None:
    return guess_category(text, table=tables.category_words(), urgency=tables.urgencies())


def _language(text: str) -> str:
    return language_of(text, words=tables.language_words())


def police_named(text: str) -> str:
    """The words of a text that name the police, or ``."""
    return matter.police_named(text, table=tables.accusations())


def likely_accusing(text: str, *, at_least: float = matter.MAY_ACCUSE) -> str:
    """The words by which a text is so much like those that accuse police, or `` where it is not."""
    said, classifier = scripts.spoken(text), tables.accusing()
    if classifier.probability(said) < at_least:
        return ""
    return " ".join(scripts.words(text)[at] for at in classifier.telling(said))


def retold(text: str) -> str:
    """The words of a text that tell what somebody said or where its writer has been about it, or ``.

    Who reports a theft seldom does; who complains of those who should have acted on it mostly does. The marks of a
    chain letter (“forwarded many times”) tell nothing.
    """
    words = scripts.words(text)
    marks = list(tables.phrases("forwards").find(words))
    told = tables.telling().find(scripts.spoken(text))
    own = (one for one in told if not any(mark.start <= one.start and one.end <= mark.end for mark in marks))
    first = next(own, None)
    return " ".join(words[first.start : first.end]) if first else ""


def rumoured(text: str) -> str:
    """The words of a text that alarm, where it is told on and nobody saw it: “they say … children taken”; or ``."""
    heard = retold(text) or next(tables.phrases("forwards").find(scripts.words(text)), None)
    return paired_words(text, table=tables.topics("rumour_topics")) if heard else ""


def names_child(text: str) -> bool:
    """Whether a text names a child."""
    return next(tables.children().find(scripts.spoken(text)), None) is not None


def asks_for_help(text: str) -> bool:
    """Whether a text asks that somebody come or help."""
    return next(tables.asking().find(scripts.words(text)), None) is not None


def _noise(text: str) -> str:
    """What is noise. A chain letter is none that may accuse police, tells what somebody said, alarms, or has a child
    in it; one with a word of danger never was."""
    found = noise_of(
        text,
        greetings=tables.phrases("greetings"),
        forwards=tables.phrases("forwards"),
        alarming=tables.alarming(),
    )
    if found and (accusing_words(text, table=tables.accusations()) or danger_in(text)):
        return ""
    told_on = found == "forward" and (retold(text) or rumoured(text) or names_child(text))
    return "" if told_on else found


def _phrase_tells_danger(text: str) -> bool:
    """Whether a phrase that stands for danger by itself decides, and not only words that stand near each other."""
    guess = _by_words(text)
    return guess is not None and tables.urgencies()[guess.category] == 0


def _withhold(
    text: str, *, category: str, chosen_kind: str, noise: str, in_danger: bool
) -> tuple[str, dict[str, str]]:
    if noise:
        return "", {}
    tip = next(tables.phrases("tip_phrases").find(scripts.words(text)), None)
    said = Said(
        category=category,
        chosen_kind=chosen_kind,
        accusing=accusing_words(text, table=tables.accusations()),
        accusing_like=likely_accusing(text, at_least=matter.ACCUSES),
        tipping=" ".join(tip.words) if tip else "",
        tipping_like=paired_words(text, table=tables.topics("tip_topics")),
        in_danger=in_danger,
        surely_accusing=in_danger
        and not _phrase_tells_danger(text)
        and bool(likely_accusing(text, at_least=matter.SURELY_ACCUSES)),
    )
    return withhold(said, categories=tables.categories())


def _kind(withheld: str, chosen: str, by_category: str) -> str:
    if withheld == "accusation":
        return "complaint_against_police"
    if withheld == "tip":
        return "tip"
    return chosen or by_category or "complaint"
