"""The letter that closes a case, in the citizen's language.

A frame of ours (closed, the reference number, how to have it reopened, or to appeal the second time) and words in its
middle. By themselves these are one neutral sentence for the outcome: an officer's report is in his own language and was
not written to the citizen.
"""

from dataclasses import dataclass

from rabta.cases.models import Case, Outcome
from rabta.replying import texts
from rabta.replying.letters import language_for, sensitive

_MIDDLE = "\x00"
# What goes on elsewhere is not reopened here (`rules.second_look.may_reopen`), and nobody is told so.
ELSEWHERE = frozenset({Outcome.TRANSFERRED, Outcome.DUPLICATE})


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What the citizen would get: the frame's beginning and end, and the words that go between them.

    In a sensitive case nothing goes between them, and `fixed` says so.
    """

    language: str
    before: str
    words: str
    after: str
    fixed: bool


def draft(*, case: Case, outcome: str) -> Draft:
    """The letter as it goes when nobody rewords it. An empty `outcome` leaves the middle empty."""
    language, fixed = language_for(case), sensitive(case)
    goes_on_elsewhere = (outcome or case.outcome) in ELSEWHERE
    again = "closed_again" if case.reopened_by_citizen else "closed"  # only once: then the next level decides
    code = "closed_elsewhere" if goes_on_elsewhere else again
    frame = texts.reply(code, language=language, reference=case.reference, remark=_MIDDLE)
    before, after = frame.split(_MIDDLE)
    words = texts.outcome_words(outcome, language=language) if outcome and not fixed else ""
    return Draft(language=language, before=before.strip(), words=words, after=after.strip(), fixed=fixed)


def text(*, case: Case, told: str) -> str:
    """The letter with the words `told` in its middle; in a sensitive case without any."""
    made = draft(case=case, outcome="")
    middle = "" if made.fixed else texts.sentence(told)
    return " ".join(part for part in (made.before, middle, made.after) if part)
