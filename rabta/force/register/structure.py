"""Levels, units and posts: the rows of their tables, checked against one another."""

import re
from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _

from rabta.force.access import SERVES_PARENT
from rabta.force.models import Level, Post, Role, Unit
from rabta.force.register.draft import Draft
from rabta.force.register.numbers import point
from rabta.force.register.reading import Row

OFFICES = frozenset({"desk", "cell"})  # levels of offices that serve the unit above them
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def levels(draft: Draft, rows: Sequence[Row]) -> None:
    """Levels of the organisation, by code."""
    for row in unique(draft, "levels", rows, "code"):
        if not (row["rank"].isascii() and row["rank"].isdigit()):
            draft.wrong("levels", row, _("The rank is a whole number: 0 for the force, larger further down."))
            continue
        code = row["code"]
        draft.levels[code] = draft.lay(
            "levels", draft.levels.get(code), Level, code=code, rank=int(row["rank"]), **names(row, "name")
        )


def units(draft: Draft, rows: Sequence[Row]) -> None:
    """Units by code; a parent may stand below its children in the table."""
    good = [row for row in unique(draft, "units", rows, "code") if _unit_is_good(draft, row)]
    _take_over_the_top(draft, good)
    for row in good:
        draft.units[row["code"]] = _unit(draft, row)
    for row in good:
        _link(draft, row)
    for row in good:
        if _circles(draft, row["code"]):
            draft.wrong("units", row, _("The parents go round in a circle."))


def _unit_is_good(draft: Draft, row: Row) -> bool:
    problems = len(draft.problems)
    if row["level"] not in draft.levels:
        draft.wrong("units", row, unknown(_("level"), row["level"], sorted(draft.levels)))
    prefix = row["reference_prefix"]
    if prefix and not (prefix.isascii() and prefix.isalpha() and prefix.isupper()):
        draft.wrong(
            "units", row, _("The letters before reference numbers are A to Z: %(text)s.") % {"text": prefix}
        )
    point(draft, "units", row)
    return len(draft.problems) == problems


def _take_over_the_top(draft: Draft, rows: Sequence[Row]) -> None:
    """The one unit without a parent is the force itself, whatever code the first start gave it."""
    tops = [row for row in rows if not row["parent"]]
    for row in tops[1:]:
        draft.wrong(
            "units",
            row,
            _("Only one unit may stand without a parent: the force. It is %(code)s.")
            % {"code": tops[0]["code"]},
        )
    old = next((code for code, parent in draft.parents.items() if not parent), None)
    if not tops or old is None or tops[0]["code"] == old:
        return
    new = tops[0]["code"]
    if new in draft.units:
        text = _("This unit stands below %(code)s already. Give it its parent.")
        draft.wrong("units", tops[0], text % {"code": old})
        return
    draft.units[new] = draft.units.pop(old)
    draft.functional[new] = draft.functional.pop(old)
    draft.receivers[new] = draft.receivers.pop(old, "")
    for links in (draft.parents, draft.functional, draft.receivers):
        links.pop(old, None)
        links.update({code: new for code, to in links.items() if to == old})
    draft.parents[new] = ""


def _unit(draft: Draft, row: Row) -> Unit:
    lat, lng = point(draft, "units", row)
    given: dict[str, object] = {"lat": lat, "lng": lng} if lat is not None else {}
    if row["reference_prefix"]:
        given["reference_prefix"] = row["reference_prefix"]
    default = row["code"].lower() if row["level"] == "cell" else ""
    return draft.lay(
        "units",
        draft.units.get(row["code"]),
        Unit,
        code=row["code"],
        level=draft.levels[row["level"]],
        function=row["function"] or default,
        **names(row, "name"),
        **given,
    )


def _link(draft: Draft, row: Row) -> None:
    """Parent and functional parent, which may stand anywhere in the table."""
    code, unit = row["code"], draft.units[row["code"]]
    parent = draft.units.get(row["parent"])
    if row["parent"] and parent is None:
        draft.wrong("units", row, unknown(_("parent"), row["parent"], sorted(draft.units)))
    elif parent is not None and parent.level.rank > unit.level.rank:
        text = _("A unit of level %(level)s can't stand below one of level %(parent)s.")
        draft.wrong("units", row, text % {"level": unit.level, "parent": parent.level})
    elif unit.pk and draft.parents.get(code) != row["parent"] and not draft.may_move:
        text = _(
            "Once accounts are set up a unit keeps its parent: its cases would stay with those above it before."
        )
        draft.wrong("units", row, text)
    else:
        _note(draft, "units", draft.parents, code, row["parent"])
    if row["functional_parent"] and row["functional_parent"] not in draft.units:
        text = unknown(_("functional parent"), row["functional_parent"], sorted(draft.units))
        draft.wrong("units", row, text)
    else:
        _note(draft, "units", draft.functional, code, row["functional_parent"])


def _note(draft: Draft, table: str, links: dict[str, str], code: str, to: str) -> None:
    """Keep a link by codes; the thing counts as changed when it led elsewhere."""
    if links.get(code, "") != to:
        draft.changed(table, draft.units[code] if table == "units" else draft.posts[code])
    links[code] = to


def _circles(draft: Draft, code: str) -> bool:
    seen, at = set(), code
    while at and at not in seen:
        seen.add(at)
        at = draft.parents.get(at, "")
    return bool(at)


def posts(draft: Draft, rows: Sequence[Row]) -> None:
    """Posts by code."""
    good = [row for row in unique(draft, "posts", rows, "code") if _post_is_good(draft, row)]
    for row in good:
        draft.posts[row["code"]] = draft.lay(
            "posts",
            draft.posts.get(row["code"]),
            Post,
            code=row["code"],
            unit=draft.units[row["unit"]],
            role=row["role"],
            **names(row, "title"),
        )
    for row in good:
        if row["linked_post"] and row["linked_post"] not in draft.posts:
            draft.wrong("posts", row, unknown(_("linked post"), row["linked_post"], sorted(draft.posts)))
        else:
            _note(draft, "posts", draft.linked, row["code"], row["linked_post"])


def _post_is_good(draft: Draft, row: Row) -> bool:
    problems = len(draft.problems)
    if row["unit"] not in draft.units:
        draft.wrong("posts", row, unknown(_("unit"), row["unit"], sorted(draft.units)))
    elif row["role"] in SERVES_PARENT and not _is_office(draft, draft.units[row["unit"]]):
        text = _(
            "%(role)s serves the unit above its office, so this post would see what the unit above %(unit)s sees."
            " Put it into a unit of the level “desk” or “cell” below %(unit)s, or at the force itself."
        )
        draft.wrong("posts", row, text % {"role": Role(row["role"]).label, "unit": row["unit"]})
    if row["role"] not in Role.values:
        draft.wrong("posts", row, unknown(_("role"), row["role"], list(Role.values)))
    return len(draft.problems) == problems


def _is_office(draft: Draft, unit: Unit) -> bool:
    """Whether a desk may stand in it: an office of the unit above, or the force itself."""
    return unit.level.code in OFFICES or not draft.parents.get(unit.code)


def names(row: Row, prefix: str) -> dict[str, str]:
    """The three names of a row as fields."""
    return {"name": row[f"{prefix}_en"], "name_hi": row[f"{prefix}_hi"], "name_ur": row[f"{prefix}_ur"]}


def unique(draft: Draft, table: str, rows: Sequence[Row], column: str) -> list[Row]:
    """The rows whose code is one and stands in no other row."""
    times = Counter(row[column] for row in rows)
    good = []
    for row in rows:
        if not CODE.fullmatch(row[column]):
            text = _("A code has letters A to Z, digits and hyphens, no blanks: %(text)s.")
            draft.wrong(table, row, text % {"text": row[column]})
        elif times[row[column]] > 1:
            draft.wrong(
                table,
                row,
                _("%(text)s is there %(times)d times.") % {"text": row[column], "times": times[row[column]]},
            )
        else:
            good.append(row)
    return good


def unknown(what: str, value: str, known: Sequence[str]) -> str:
    """The sentence for a name that leads nowhere, with what it might have been."""
    shown = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
    return _("Unknown %(what)s: %(value)s. Known are: %(known)s.") % {
        "what": what,
        "value": value,
        "known": shown or "–",
    }
