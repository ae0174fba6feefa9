"""The life of a case: which act takes it from which state to which, which outcomes there are, and what each asks for.

The table is the whole rule. The database holds the same one (a trigger on the register), so that no statement leads
round it. Source: the life of a case as the force describes it; `tests/rules/case_life.csv` is checked by an officer.
"""

from enum import StrEnum

NEW, FORWARDED, ACKNOWLEDGED, IN_INQUIRY, CLOSED = "new", "forwarded", "acknowledged", "in_inquiry", "closed"
STATES = (NEW, FORWARDED, ACKNOWLEDGED, IN_INQUIRY, CLOSED)
OPEN = (NEW, FORWARDED, ACKNOWLEDGED, IN_INQUIRY)


class Act(StrEnum):
    """What takes a case from one state to another. The acts of the lead's order are the lead's alone."""

    ORDER = "order"  # a lead is ordered, for the first time or anew
    ACCEPT = "accept"  # the lead accepts
    INQUIRE = "inquire"  # the lead is on the way, has evidence, or reports
    GIVE_BACK = "give_back"  # the lead returns the order, or it is taken away
    CLOSE = "close"
    REOPEN = "reopen"  # a reopened case goes on in inquiry; that it was reopened is a flag


MOVES: dict[Act, dict[str, str]] = {
    Act.ORDER: dict.fromkeys(OPEN, FORWARDED),
    Act.ACCEPT: {FORWARDED: ACKNOWLEDGED, ACKNOWLEDGED: ACKNOWLEDGED, IN_INQUIRY: IN_INQUIRY},
    Act.INQUIRE: dict.fromkeys((FORWARDED, ACKNOWLEDGED, IN_INQUIRY), IN_INQUIRY),
    Act.GIVE_BACK: dict.fromkeys((FORWARDED, ACKNOWLEDGED, IN_INQUIRY), NEW),
    Act.CLOSE: dict.fromkeys(OPEN, CLOSED),
    Act.REOPEN: {CLOSED: IN_INQUIRY},
}

# Outcomes that nobody gives alone: one officer asks for it, another approves.
NEED_APPROVAL = frozenset({"found_false", "withdrawn"})
# What an officer who inquired may report.
REPORTED = frozenset({"action_taken", "fir_registered", "not_substantiated", "found_false", "advice"})
# What the desk may give without an order. A duplicate is closed by joining it with the other case.
BY_DESK = frozenset({"advice", "transferred", "withdrawn", "found_false"})
# Where the category or the order asks for evidence, these are not given without any.
NEED_EVIDENCE = frozenset({"action_taken", "not_substantiated", "found_false"})

# Nobody is told that an FIR was registered without its number, station and date: they are recorded when one is made.
NEED_FIR = frozenset({"fir_registered"})


class Impossible(ValueError):
    """The act does not lead anywhere from this state."""


def after(*, state: str, act: Act) -> str:
    """The state after the act. Raises Impossible for an act that the state does not allow."""
    try:
        return MOVES[act][state]
    except KeyError:
        raise Impossible(f"{act} is not possible on a case that is {state}") from None


def steps() -> frozenset[tuple[str, str]]:
    """Every (from, to) that some act leads to, without those that stay where they are: what the database allows."""
    return frozenset((a, b) for moves in MOVES.values() for a, b in moves.items() if a != b)
