"""A chart of columns, drawn as SVG by the server: readable without colour, mirrored where one reads from the right."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, FOOT, SIDE = 720, 180, 22, 34
_LABELS = 8


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a column: `look` names the pattern that fills it."""

    x: float
    y: float
    width: float
    height: float
    look: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Words at a place."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What the template draws."""

    pieces: list[Piece]
    below: list[Mark]
    lines: list[Mark]
    plot_left: float
    plot_right: float
    floor: float = HEIGHT - FOOT
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, kw_only=True)
class Column:
    """One step of time, with its parts from below upwards: (look, words, number)."""

    name: str
    parts: Sequence[tuple[str, str, int]]

    @property
    def total(self) -> int:
        return sum(number for _look, _words, number in self.parts)


def draw(columns: Sequence[Column], *, mirrored: bool) -> Chart:
    """The chart of these columns, the first at the side where reading begins."""
    top = _round_up(max([column.total for column in columns], default=0) or 1)
    left, right = (0, WIDTH - SIDE) if mirrored else (SIDE, WIDTH)
    step = (right - left) / max(len(columns), 1)
    floor, pieces, below = HEIGHT - FOOT, [], []
    each = -(-len(columns) // _LABELS) or 1
    for n, column in enumerate(columns):
        place = len(columns) - 1 - n if mirrored else n
        x, y = left + place * step + step * 0.12, float(floor)
        for look, words, number in column.parts:
            height = (floor - 8) * number / top
            y -= height
            if number:
                pieces.append(
                    Piece(
                        x=round(x, 1),
                        y=round(y, 1),
                        width=round(step * 0.76, 1),
                        height=round(height, 1),
                        look=look,
                        words=f"{column.name}: {words} {number}",
                    )
                )
        if n % each == 0:
            below.append(Mark(x=round(left + (place + 0.5) * step, 1), y=HEIGHT - 6, words=column.name))
    lines = [
        Mark(
            x=WIDTH - 2 if mirrored else 2,
            y=round(floor - (floor - 8) * share, 1),
            words=f"{int(top * share)}",
        )
        for share in (0, 0.5, 1)
    ]
    return Chart(pieces=pieces, below=below, lines=lines, plot_left=left, plot_right=right)


def _round_up(most: int) -> int:
    """The next even number that begins with 1, 2, 4, 6 or 8 and ends with noughts."""
    size = 10 ** (len(str(most)) - 1)
    return (
        next(n * size for n in (1, 2, 4, 6, 8, 10) if n * size >= most)
        if most > 9
        else max(2, most + most % 2)
    )
