"""`python -m bench.fuzz`: throws broken input at everything that reads what strangers send, and counts what breaks.

`parsers` (channels' readers, web form, telephone numbers, scripts, kinds of files, cells of tables) in this process;
`pictures` in the recoder's own cell. A crash is an error that the reader does not promise, or a process that dies by a
signal. The same seed gives the same input. What was tried last, and when, stands in results-fuzz.json, which
`make security` reads.
"""

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).with_name("results-fuzz.json")
FIXTURES = ROOT / "tests/channels/fixtures"
PIXELS = 120_000_000
INTERESTING = (
    b"", b"\0", b"\xff", b"\xff\xfe", b'"', b"\\", b"{", b"}", b"[", b"]", b"null", b"-1", b"1e999", b"NaN", b"true",
    b"99999999999999999999999", b"\xed\xa0\x80", "آ".encode(), "\u202e".encode(), "नि".encode(), b"\\u0000",
    b"\\ud800", b"=cmd|'/c calc'!A0", b"+92", b"[" * 2000, b'{"a":' * 500,
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """What is tried: its seeds, and a call that raises only when it breaks its promise."""

    name: str
    seeds: list[bytes]
    call: Callable[[bytes], Any]


def mutated(seed: bytes, chance: random.Random) -> bytes:
    """The seed with a few of its bytes or parts changed, cut, doubled, moved or replaced."""
    data = bytearray(seed)
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        at, end = sorted(chance.choices(range(len(data) + 1), k=2))
        match chance.randrange(6):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                data[at:at] = chance.choice(INTERESTING)
            case 2:
                del data[at : min(end, at + 40)]
            case 3:
                data[at:at] = data[at : min(end, at + 200)]
            case 4:
                data[at : at + 4] = chance.choice(INTERESTING)[:4]
            case _ if data:
                data[at % len(data)] ^= 1 << chance.randrange(8)
    return bytes(data)


def targets() -> list[Target]:
    """Everything that reads strangers' input in our own processes."""
    from rabta.channels.registry import CHANNELS
    from rabta.files import checks
    from rabta.kit import phones, scripts, sheets
    from rabta.rules.phrases import PhraseTable
    from tests.files import pictures

    table = PhraseTable.of([("bank", 1), ("چوری", 2), ("चोरी", 3)])
    texts = [
        "ایک موٹر سائیکل چوری ہو گئی",
        "मेरी मोटरसाइकिल चोरी हो गई",
        "My phone was stolen in Gulbahar",
        "=1+1",
    ]
    numbers = [b"+923001234567", b"0300 1234567", b"15", b"00923001234567;ext=3", "۰۳۰۰۱۲۳۴۵۶۷".encode()]
    heads = [pictures.photo(size=(8, 8)), pictures.PDF, b"OggS" + bytes(60), b"RIFF0000WEBPVP8 " + bytes(50)]

    def text(data: bytes) -> str:
        return data.decode("utf-8", "replace")

    def scripted(data: bytes) -> None:
        words = scripts.words(text(data))
        scripts.script_of(text(data)), scripts.direction(text(data)), list(table.find(words))

    def number(data: bytes) -> None:
        phones.shown(phones.parse(text(data), region="PK") or text(data))

    def kind(data: bytes) -> None:
        with suppress(checks.UploadRefused):
            checks.file_type(BytesIO(data))

    found = [
        Target(f"channel {channel.kind}", _bodies(channel.kind), _agreeing(channel)) for channel in CHANNELS
    ]
    return [
        *found,
        Target("telephone numbers", numbers, number),
        Target("scripts and words", [t.encode() for t in texts], scripted),
        Target("kinds of files", heads, kind),
        Target("cells of tables", [*numbers, b"=1+1"], lambda data: sheets.csv_text([[text(data)]])),
    ]


def _bodies(kind: str) -> list[bytes]:
    paths = sorted((FIXTURES / kind).glob("*.json"))
    return [json.dumps(json.loads(path.read_text())["body"]).encode() for path in paths]


def _agreeing(channel: Any) -> Callable[[bytes], None]:
    """`read` and `count` agree; `read` raises only ValueError, and only for a body that counts one."""

    def call(data: bytes) -> None:
        counted = channel.count(data)
        try:
            items = channel.read(data)
        except ValueError:
            assert counted == Counter({"": 1}), "refused, but counted as more"
        else:
            assert Counter(item.account for item in items) == counted, "count and read disagree"

    return call


def run_parsers(*, count: int, seed: int, say: Callable[[str], None] = print) -> tuple[int, list[str]]:
    """Try `count` inputs in all; returns how many were tried, and a line for each crash."""
    chance, crashes, tried = random.Random(seed), [], 0
    everything = targets()
    for target in everything:
        started = time.monotonic()
        for _ in range(count // len(everything) + 1):
            data = mutated(chance.choice(target.seeds), chance)
            tried += 1
            try:
                target.call(data)
            except Exception as error:  # noqa: BLE001 - a crash is what we look for
                crashes.append(f"{target.name}: {type(error).__name__}: {error} on {data[:300]!r}")
        say(f"{target.name}: {count // len(everything) + 1} inputs in {time.monotonic() - started:.1f} s")
    return tried, crashes


def run_pictures(*, count: int, seed: int) -> tuple[int, list[str]]:
    """Decode `count` mutated pictures, each in a process that gave up its rights; a line for each that died of it."""
    from rabta.files import recoder
    from tests.files import pictures

    chance, crashes = random.Random(seed), []
    seeds = [
        pictures.photo(size=(64, 48), format=name) for name in ("JPEG", "PNG", "WEBP", "GIF") if name != "GIF"
    ]
    seeds.append(_gif())
    recoder.warm_up()
    for n in range(count):
        data = mutated(chance.choice(seeds), chance)
        status = _in_a_cell(data)
        if os.WIFSIGNALED(status) or os.WEXITSTATUS(status) not in (0, 3):
            crashes.append(f"picture {n} of seed {seed}: status {status}")
    return count, crashes


def _in_a_cell(data: bytes) -> int:
    """Fork, give up all rights, decode: 0 decoded, 3 refused by an exception, 4 an answer that is no picture."""
    from rabta.files import recoder

    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    code = 5
    try:
        recoder.give_up_rights()
        code = 3
        facts, picture = recoder.recode(data, pixels=PIXELS)
        code = 0 if picture[:2] in (b"\xff\xd8", b"RI") and facts["width"] else 4
    finally:
        os._exit(code)


def _gif() -> bytes:
    from PIL import Image

    target = BytesIO()
    frames = [Image.new("P", (32, 24), n) for n in range(3)]
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])
    return target.getvalue()


def main() -> int:
    """Print counts and crashes; returns 1 when there were crashes."""
    parser = argparse.ArgumentParser(prog="bench.fuzz", description=__doc__)
    parser.add_argument("--parsers", type=int, default=1_000_000, help="inputs for the parsers")
    parser.add_argument("--pictures", type=int, default=20_000, help="pictures for the recoder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, default=RESULTS, help="where the counts are written")
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rabta.settings")
    import django

    django.setup()
    # Pictures first: what is forked must have no threads.
    figures: dict[str, Any] = dict(
        zip(
            ("pictures", "picture_crashes"),
            run_pictures(count=chosen.pictures, seed=chosen.seed),
            strict=True,
        )
    )
    figures |= dict(
        zip(("inputs", "crashes"), run_parsers(count=chosen.parsers, seed=chosen.seed), strict=True)
    )
    for line in [*figures["picture_crashes"], *figures["crashes"]][:50]:
        print("CRASH", line)
    print(f"{figures['pictures']} pictures, {len(figures['picture_crashes'])} crashes.")
    print(f"{figures['inputs']} parser inputs, {len(figures['crashes'])} crashes.")
    figures |= {"seed": chosen.seed, "day": datetime.now(UTC).date().isoformat()}
    chosen.json.write_text(json.dumps(figures, indent=1) + "\n")
    return 1 if figures["crashes"] or figures["picture_crashes"] else 0


if __name__ == "__main__":
    sys.exit(main())
