"""Who may take part in opening what is sealed of a person.

Source: four different people: the accused, who asks, who approves, who opens. The approver stands outside the chain
of command of whoever asks, so that no superior can make his own subordinate ask and no subordinate be made to agree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

Path = tuple[int, ...]  # unit ids from the force down to the unit itself

USUAL, URGENT = timedelta(days=7), timedelta(hours=12)  # how long a request stays open


@dataclass(frozen=True)
class Seat:
    """A post that somebody holds today: where, and whether it commands the units below."""

    path: Path
    commands: bool


@dataclass(frozen=True, kw_only=True)
class Party:
    """An officer with all posts held today."""

    officer: int
    seats: tuple[Seat, ...] = ()


def in_one_chain(one: Party, other: Party) -> bool:
    """Whether the two serve in one unit, or one of them commands the other, however far up or down."""
    return any(_joined(a, b) for a in one.seats for b in other.seats)


def _joined(a: Seat, b: Seat) -> bool:
    return (
        a.path == b.path or (a.commands and _below(b.path, a.path)) or (b.commands and _below(a.path, b.path))
    )


def _below(path: Path, unit: Path) -> bool:
    return path[: len(unit)] == unit


def why_not_ask(*, asks: Party, accused: Iterable[int]) -> str:
    """Why this officer can't ask for an opening; nothing when he can."""
    return "accused" if asks.officer in set(accused) else ""


def why_not_approve(*, asks: Party, approves: Party, accused: Iterable[int]) -> str:
    """Why this approver can't decide on that request; nothing when he can."""
    if approves.officer in set(accused):
        return "accused"
    if approves.officer == asks.officer:
        return "asked"
    return "chain" if in_one_chain(asks, approves) else ""


def why_not_open(*, asks: Party, approves: int, opens: Party, accused: Iterable[int]) -> str:
    """Why this custodian can't be named by that approver; nothing when he can."""
    if opens.officer in set(accused):
        return "accused"
    if opens.officer == asks.officer:
        return "asked"
    return "approved" if opens.officer == approves else ""


def expires_at(*, asked_at: datetime, urgent: bool) -> datetime:
    """When a request ends by itself, whatever its state."""
    return asked_at + (URGENT if urgent else USUAL)
