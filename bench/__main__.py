"""`make bench`: goals 1 and 2 of the design, each figure a ratio taken in this run; medians of three.

`python -m bench [--quick] [--port 8300]` prints a table and writes bench/results.json.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from bench import figures, site, table


def main() -> int:
    """Measure everything; returns 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="once and with fewer messages, to see that it works"
    )
    parser.add_argument("--port", type=int, default=8300, help="first of three ports")
    chosen = parser.parse_args()
    rounds = figures.QUICK if chosen.quick else figures.Rounds()
    say = lambda text: print(f"  {text} …", file=sys.stderr, flush=True)  # noqa: E731
    say("making a site")
    with site.made(chosen.port) as here:
        results = figures.all_of(here, rounds=rounds, say=say)
    table.show(results)
    if not chosen.quick:
        path = Path(__file__).parent / "results.json"
        path.write_text(json.dumps(asdict(results), indent=1) + "\n")
    return 0 if all(line.met for line in results.lines) else 1


if __name__ == "__main__":
    sys.exit(main())
