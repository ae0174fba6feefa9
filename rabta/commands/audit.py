"""`rabta audit verify` and `rabta audit head`."""

import json
from collections.abc import Sequence
from pathlib import Path

import psycopg

from rabta import keys
from rabta.audit import checking, heads
from rabta.jobs.tailer import connection_settings


def verify(*, files: Sequence[Path], as_json: bool) -> int:
    """Compute the chain anew, compare the heads in `files` (or folders of heads); returns 1 when something is wrong."""
    try:
        kept = [heads.parse(path.read_text()) for path in _each(files)]
    except (heads.NotAHead, OSError) as error:
        print(f"A head can't be read. {error}")
        return 2
    with psycopg.connect(**connection_settings(), autocommit=True) as database:
        found = checking.verify(database, public_keys=keys.verifiers("sealer"), heads=kept)
    if as_json:
        facts = {name: getattr(found, name) for name in ("links", "blocks", "erased", "waiting", "heads")}
        print(json.dumps(facts | {"problem": str(found.problem) if found.problem else None}))
    else:
        _say(found)
    return 1 if found.problem else 0


def head() -> int:
    """Print the newest head; returns 1 while there is none."""
    with psycopg.connect(**connection_settings(), autocommit=True) as database:
        newest = heads.newest(database)
    if newest is None:
        print("Nothing is sealed yet. The worker seals about each second: is it running?")
        return 1
    print(newest.text(), end="")
    return 0


def _each(files: Sequence[Path]) -> list[Path]:
    return [path for given in files for path in (sorted(given.glob("*.head")) if given.is_dir() else [given])]


def _say(found: checking.Findings) -> None:
    print(f"{found.links} entries in {found.blocks} signed blocks; {found.waiting} wait for the sealer.")
    if found.erased:
        print(f"{found.erased} of them were erased, as other entries say.")
    if found.problem:
        print(f"BROKEN {found.problem}")
        return
    print("Whole: nothing that was sealed has been changed, removed, added between or moved.")
    if found.heads:
        print(f"It agrees with {found.heads} heads that were kept elsewhere.")
    else:
        print("Whether its end was cut off, only a head tells that was kept elsewhere: --head FILE.")
