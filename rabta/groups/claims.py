"""Rumours as rows: reports that are nearly the same, and what those near by answered."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from rabta import keys
from rabta.force.models import Unit
from rabta.groups.models import Claim, ClaimReport, Item, Sighting
from rabta.kit import scripts
from rabta.rules import likeness

LIVES = timedelta(days=14)
SHARED = 0.5  # of the words of the shorter text: enough for short rumours, which have no bands
FEWEST = 2


def bands(text: str, *, at: datetime) -> list[int]:
    """What finds texts that are nearly the same."""
    return likeness.bands(text, at=at, key=_key())


def _key() -> bytes:
    return keys.digest("likeness", "claims")


@dataclass(frozen=True, kw_only=True)
class Suggested:
    """A report that belongs nowhere yet, and the claims that it may belong to, the likest first."""

    report: ClaimReport
    claims: list[Claim] = field(default_factory=list)


def suggest(reports: Iterable[ClaimReport], *, claims: QuerySet[Claim], now: datetime) -> list[Suggested]:
    """For each report the open claims whose reports or words are like it. Two queries, whatever their number."""
    living = list(claims.filter(opened_at__gt=now - LIVES).exclude(state=Claim.State.CLOSED)[:200])
    known: dict[int, list[tuple[set[int], set[str]]]] = {
        claim.pk: [(set(), _words(claim.text))] for claim in living
    }
    rows = ClaimReport.objects.filter(claim__in=living).order_by("-at").values_list("claim", "bands", "text")
    for claim_id, found, text in rows[:2000]:
        known[claim_id].append((set(found), _words(text)))
    by_id = {claim.pk: claim for claim in living}
    suggested = []
    for report in reports:
        wanted = set(likeness.bands_wanted(report.text, at=report.at, key=_key()))
        scored = [
            (max(_like(wanted, _words(report.text), one) for one in of), pk) for pk, of in known.items()
        ]
        likest = sorted((pair for pair in scored if pair[0] >= SHARED), reverse=True)[:3]
        suggested.append(Suggested(report=report, claims=[by_id[pk] for _score, pk in likest]))
    return suggested


def forget(items: Iterable[Item]) -> None:
    """What members wrote is no talk of a group any more: nothing of it stays among the rumours. In a job."""
    ClaimReport.objects.filter(item__in=[item.public_id for item in items]).delete()


def _words(text: str) -> set[str]:
    return set(scripts.words(text))


def _like(wanted: set[int], words: set[str], other: tuple[set[int], set[str]]) -> float:
    bands_there, words_there = other
    if wanted & bands_there:
        return 1.0
    shorter = min(len(words), len(words_there))
    same = len(words & words_there)
    return same / shorter if shorter >= FEWEST and same >= FEWEST else 0.0


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What those in one unit said."""

    unit: Unit
    yes: int = 0
    no: int = 0
    unknown: int = 0

    @property
    def all(self) -> int:
        return self.yes + self.no + self.unknown


def by_place(claim: Claim) -> list[Answers]:
    """The answers unit by unit, most first. One query."""
    rows = Sighting.objects.filter(claim=claim).values("unit", "answer").annotate(n=Count("pk"))
    counts: dict[int, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["unit"], {})[row["answer"]] = row["n"]
    units = Unit.objects.defer("area").in_bulk(counts)
    found = [Answers(unit=units[pk], **each) for pk, each in counts.items()]
    return sorted(found, key=lambda one: -one.all)
