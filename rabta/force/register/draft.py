"""The force as it would be after the tables: what is there, with their rows laid over it in memory."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db import models

from rabta.force.models import Level, Officer, PlaceName, Post, Posting, Unit
from rabta.force.register.reading import MOST_PROBLEMS, Problem, Row

M = TypeVar("M", bound=models.Model)


@dataclass
class Count:
    """Rows of a table: added, changed, as they were."""

    new: int = 0
    changed: int = 0
    same: int = 0


class Draft:
    """Everything by its key. New things have no id yet."""

    def __init__(self, *, today: date, may_move: bool) -> None:
        self.today, self.may_move = today, may_move
        self.problems: list[Problem] = []
        self.counts: dict[str, Count] = {}
        self.levels = {level.code: level for level in Level.objects.all()}
        self.units = {unit.code: unit for unit in Unit.objects.select_related("level")}
        self.posts = {post.code: post for post in Post.objects.select_related("unit")}
        self.officers = {officer.username: officer for officer in Officer.objects.all()}
        self.places = {(p.unit.code, p.name): p for p in PlaceName.objects.select_related("unit")}
        postings = Posting.objects.select_related("officer", "post").order_by("starts", "id")
        self.ended = {(p.officer.username, p.post.code, p.starts): p for p in postings.filter(ends__lt=today)}
        self.postings = {(p.officer.username, p.post.code): p for p in postings.exclude(ends__lt=today)}
        # Who stands under whom, by codes: what is new has no id yet that a field could hold.
        codes: dict[int | None, str] = {unit.pk: code for code, unit in self.units.items()}
        self.parents = {code: codes.get(unit.parent_id, "") for code, unit in self.units.items()}
        self.functional = {
            code: codes.get(unit.functional_parent_id, "") for code, unit in self.units.items()
        }
        self.receivers = {
            code: codes.get(unit.accusations_to_id, "") for code, unit in self.units.items()
        }  # of what is said against the unit
        of_posts: dict[int | None, str] = {post.pk: code for code, post in self.posts.items()}
        self.linked = {code: of_posts.get(post.linked_post_id, "") for code, post in self.posts.items()}
        self.touched: dict[str, list[models.Model]] = {}
        self._touched: set[int] = set()

    def wrong(self, table: str, row: Row | int, text: str) -> None:
        """Note a mistake at a row or line."""
        line = row if isinstance(row, int) else row.line
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(table=table, line=line, text=text))

    def lay(self, table: str, old: M | None, made: type[M], **values: object) -> M:
        """The thing with these values: a new one, or the old one with what differs; counted and noted for saving."""
        count = self.counts.setdefault(table, Count())
        if old is None:
            count.new += 1
            thing = made(**values)
        else:
            thing = old
            differs = {name: value for name, value in values.items() if getattr(old, name) != value}
            for name, value in differs.items():
                setattr(old, name, value)
            if not differs:
                count.same += 1
                return thing
            count.changed += 1
        self._touch(table, thing)
        return thing

    def changed(self, table: str, thing: models.Model) -> None:
        """Note that something about a thing of the table differs, beside its own values."""
        if id(thing) not in self._touched:
            count = self.counts.setdefault(table, Count())
            count.same, count.changed = max(count.same - 1, 0), count.changed + 1
            self._touch(table, thing)

    def set_area(self, unit: Unit, geometry: object) -> None:
        """Give a unit its area."""
        count = self.counts.setdefault("areas", Count())
        if unit.area == geometry:
            count.same += 1
            return
        count.new, count.changed = count.new + (unit.area is None), count.changed + (unit.area is not None)
        unit.area = geometry
        self._touch("units", unit)

    def _touch(self, table: str, thing: models.Model) -> None:
        if id(thing) not in self._touched:
            self._touched.add(id(thing))
            self.touched.setdefault(table, []).append(thing)

    def of(self, table: str) -> Iterable[models.Model]:
        """What is to be saved of a table, in the order of its rows."""
        return self.touched.get(table, [])
