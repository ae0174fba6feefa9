"""Which tables there are, and their columns, in the order of reading: each names what stands in the ones before."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

AREAS = "areas"  # GeoJSON beside the tables


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: whether each row needs it, how long it may be, and an example for the empty table."""

    name: str
    needed: bool = False
    longest: int = 120
    example: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as people fill it in."""

    name: str
    label: str | Promise
    help: str | Promise
    columns: tuple[Column, ...]

    @property
    def known(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns)

    @property
    def needed(self) -> list[str]:
        return [column.name for column in self.columns if column.needed]


def _names(prefix: str, en: str, hi: str, ur: str) -> tuple[Column, ...]:
    return (
        Column(name=f"{prefix}_en", needed=True, example=en),
        Column(name=f"{prefix}_hi", example=hi),
        Column(name=f"{prefix}_ur", example=ur),
    )


_CODE = Column(name="code", needed=True, longest=40, example="PSH-GLB")
_POINT = (
    Column(name="lat", longest=20, example="34.0075"),
    Column(name="lng", longest=20, example="71.5785"),
)
TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            name="levels",
            label=_("Levels"),
            help=_("Only if your force has other levels than range, district, circle and station."),
            columns=(
                Column(name="code", needed=True, longest=50, example="outpost"),
                Column(name="rank", needed=True, longest=4, example="5"),
                *_names("name", "Outpost", "चौकी", "چوکی"),
            ),
        ),
        Table(
            name="units",
            label=_("Units"),
            help=_("Every office, from the force down. The one without a parent is the force itself."),
            columns=(
                _CODE,
                *_names("name", "Gulbahar Police Station", "थाना गुलबहार", "تھانہ گلبہار"),
                Column(name="level", needed=True, longest=50, example="station"),
                Column(name="parent", longest=40, example="PSH-CITY"),
                Column(name="functional_parent", longest=40),
                Column(name="function", longest=50),
                Column(name="reference_prefix", longest=5),
                Column(name="accusations_to", longest=40),
                *_POINT,
            ),
        ),
        Table(
            name="places",
            label=_("Places"),
            help=_(
                "Villages, quarters and roads by which people say where something is; several spellings by |, "
                "the first is shown on pages."
            ),
            columns=(
                Column(name="name", needed=True, example="Gulbahar No 2"),
                Column(name="unit", needed=True, longest=40, example="PSH-GLB"),
                Column(name="lat", needed=True, longest=20, example="34.0068"),
                Column(name="lng", needed=True, longest=20, example="71.5801"),
                Column(name="kind", longest=20, example="mohalla"),
                Column(name="latin_forms", longest=1000, example="gulbahar 2|gul bahar"),
                Column(name="devanagari_forms", longest=1000, example="गुलबहार"),
                Column(name="arabic_forms", longest=1000, example="گلبہار"),
            ),
        ),
        Table(
            name="posts",
            label=_("Posts"),
            help=_(
                "Every post that answers or decides: in-charge of a station, circle officer, desk operator …"
            ),
            columns=(
                Column(name="code", needed=True, longest=60, example="SHO-PSH-GLB"),
                Column(name="unit", needed=True, longest=40, example="PSH-GLB"),
                Column(name="role", needed=True, longest=20, example="sho"),
                *_names("title", "SHO Gulbahar", "थानाध्यक्ष गुलबहार", "ایس ایچ او گلبہار"),
                Column(name="linked_post", longest=60),
            ),
        ),
        Table(
            name="officers",
            label=_("Officers"),
            help=_("The people who sign in, with the number on which they get their orders."),
            columns=(
                Column(name="username", needed=True, longest=60, example="noor-haider"),
                Column(name="name", needed=True, example="Noor Haider"),
                Column(name="name_ur", example="نور حیدر"),
                Column(name="name_hi", example="नूर हैदर"),
                Column(name="rank", longest=60, example="Inspector"),
                Column(name="phone", longest=30, example="+92 300 0000001"),
                Column(name="language", longest=2, example="ur"),
            ),
        ),
        Table(
            name="postings",
            label=_("Postings"),
            help=_("Who holds which post, from which day. Rights come from this and from nothing else."),
            columns=(
                Column(name="officer", needed=True, longest=60, example="noor-haider"),
                Column(name="post", needed=True, longest=60, example="SHO-PSH-GLB"),
                Column(name="kind", longest=20, example="regular"),
                Column(name="starts", longest=20, example="2026-01-01"),
                Column(name="ends", longest=20),
                Column(name="order_number", longest=60, example="OB/2344"),
            ),
        ),
    )
}
