"""Photos that officers send from their own telephone: which order or instruction they belong to (H5)."""

from collections.abc import Sequence
from dataclasses import dataclass

PREFIX = "photo"
NONE = "none"
ALWAYS = ("image", "video")  # what is proof by itself; a voice note or a paper only in reply to an order


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What a button says: the order (`NONE`: none of them), and where the photo stands in the journal."""

    order: str
    journal_id: int
    position: int


def is_proof(*, kinds: Sequence[str], quoted: bool, forwarded: bool) -> bool:
    """Whether files of these kinds are meant for an order. What is forwarded is somebody else's."""
    if not kinds or forwarded:
        return False
    return quoted or all(kind in ALWAYS for kind in kinds)


def order_of(*, accepted: Sequence[str], issued: Sequence[str]) -> tuple[str, list[str]]:
    """(the order of a photo by itself, those to choose from): the one that is accepted, else the officer is asked."""
    if len(accepted) == 1:
        return accepted[0], []
    return "", [*accepted, *issued]


def key_of(chosen: Chosen, *, prefix: str = PREFIX) -> str:
    """What stands behind a button. `prefix` tells what else than an order is chosen."""
    return f"{prefix}:{chosen.order}:{chosen.journal_id}:{chosen.position}"


def of_key(key: str, *, prefix: str = PREFIX) -> Chosen | None:
    """What `key_of` made with this prefix; None for anything else."""
    parts = key.split(":")
    if len(parts) != 4 or parts[0] != prefix or not parts[1] or len(key) > 60:
        return None
    numbers = parts[2:]
    if not all(part.isascii() and part.isdigit() for part in numbers):
        return None
    return Chosen(order=parts[1], journal_id=int(numbers[0]), position=int(numbers[1]))
