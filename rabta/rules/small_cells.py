"""Figures in which nobody can be found: small counts are merged, so that a rare thing does not point to its case."""

from collections.abc import Mapping

LEAST = 5  # the smallest count that is shown by itself
MERGED = "others"


def merged(cells: Mapping[str, int], *, least: int = LEAST) -> dict[str, int]:
    """The cells of one row that may be shown; the total stays the same.

    Cells from 1 to `least` - 1 go together into `others`. If that is still small, or only one cell went into it (it
    could be told by subtraction from a total that is shown elsewhere), the smallest of the others joins them. A row
    whose total is small becomes `others` altogether. Zeros stay: they say nothing of anybody.
    """
    shown = {name: count for name, count in cells.items() if count >= least or count == 0}
    hidden = [count for name, count in cells.items() if name not in shown]
    for name in sorted((n for n in shown if shown[n]), key=lambda n: (shown[n], n)):
        if not hidden or (sum(hidden) >= least and len(hidden) > 1):
            break
        hidden.append(shown.pop(name))
    return shown | ({MERGED: sum(hidden)} if hidden else {})
