"""An officer takes a post: the rows of the table of postings that this means. Rights follow from those rows alone.

A transfer ends the officer's regular posting on the day before. Additional charge, officiating and leave cover come
beside what the officer holds; leave cover always says until when.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rabta.force.access import current_postings
from rabta.force.directory import Directory
from rabta.force.models import Officer, Post, Posting
from rabta.kit import sheets

COLUMNS = ("officer", "post", "kind", "starts", "ends", "order_number")
Row = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """What the order of transfer says. `ends`: postings that end when this one starts; `post` None: he only leaves."""

    officer: Officer
    post: Post | None
    kind: str
    starts: date
    until: date | None
    order_number: str
    ends: tuple[Posting, ...]


@dataclass(frozen=True, kw_only=True)
class Vacancy:
    """A post that nobody holds from then on, and who gets its orders."""

    post: Post
    to: Post | None


def table(transfer: Transfer) -> bytes:
    """The transfer as a table of postings, to be checked and saved like any other."""
    rows = [_ending(posting, transfer.starts) for posting in transfer.ends]
    if transfer.post is not None:
        until = transfer.until.isoformat() if transfer.until else ""
        begins = (transfer.kind, transfer.starts.isoformat(), until, transfer.order_number)
        rows.append((transfer.officer.username, transfer.post.code, *begins))
    return sheets.csv_text([COLUMNS, *rows]).encode()


def _ending(posting: Posting, starts: date) -> Row:
    last = max(posting.starts, starts - timedelta(days=1))
    days = (posting.starts.isoformat(), last.isoformat())
    return (posting.officer.username, posting.post.code, posting.kind, *days, posting.order_number)


def held(officer: Officer, *, on: date) -> list[Posting]:
    """What the officer holds on that day, the regular posting first."""
    rows = current_postings(on=on).filter(officer=officer).select_related("officer", "post__unit")
    return sorted(rows, key=lambda posting: (posting.kind != Posting.Kind.REGULAR, posting.pk))


def vacancies(ending: Iterable[Posting], *, starts: date, force: Directory) -> list[Vacancy]:
    """Posts that are left empty, and where their orders go: to the linked post, or to the head of the unit above."""
    gone = list(ending)
    left = [posting.post for posting in gone if not _others(posting, gone, starts)]
    found = []
    for post in left:
        above = force.next_above(post)
        found.append(Vacancy(post=post, to=above.post if above else None))
    return found


def _others(posting: Posting, gone: Sequence[Posting], starts: date) -> bool:
    rows = current_postings(on=starts).filter(post=posting.post_id)
    return rows.exclude(pk__in=[one.pk for one in gone]).exists()
