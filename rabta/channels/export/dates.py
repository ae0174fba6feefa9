"""Which number of a date is the month. It is inferred only where it is certain; otherwise somebody must say it.

An order is possible when every date of the export exists in it and lies after WhatsApp began. Of several possible
ones those are impossible that put messages into the future, or make the chat, which WhatsApp writes down in order,
jump back by more than forty days. If that leaves one, it is certain.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from rabta.channels.export.stamps import Stamp

BEGAN = date(2009, 1, 1)  # WhatsApp
AHEAD = timedelta(days=2)  # a telephone in another zone, or with a clock that is a little fast
BACK = timedelta(days=40)


class Order(StrEnum):
    """In which order day, month and year stand."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


PLACES = {Order.DMY: (2, 1, 0), Order.MDY: (2, 0, 1), Order.YMD: (0, 1, 2)}  # of year, month, day


def day(stamp: Stamp, order: Order) -> date | None:
    """The day of a stamp read in this order, or None when there is no such day."""
    year, month, number = (stamp.numbers[place] for place in PLACES[order])
    place = PLACES[order][0]
    if any(wide and at != place for at, wide in enumerate(stamp.shape.wide)):
        return None
    if stamp.shape.wide[place] != (year > 99):
        return None
    try:
        found = date(year if year > 99 else 2000 + year, month, number)
    except ValueError:
        return None
    return found if found >= BEGAN else None


def possible(stamps: Sequence[Stamp], *, today: date) -> list[Order]:
    """The orders that these stamps may be written in: one when it is certain, none when they are no dates at all."""
    read = {order: [day(stamp, order) for stamp in stamps] for order in Order}
    exist = {order: [one for one in days if one] for order, days in read.items() if days and all(days)}
    if len(exist) < 2:
        return list(exist)
    sound = [order for order, days in exist.items() if _is_sound(days, today)] or list(exist)
    same = len({tuple(exist[order]) for order in sound}) == 1
    return sound[:1] if same else sound


def _is_sound(days: Sequence[date], today: date) -> bool:
    latest = days[0]
    for one in days:
        if one > today + AHEAD or one < latest - BACK:
            return False
        latest = max(latest, one)
    return True
