"""A table as PDF, set by Typst with our own fonts: Urdu from the right, Hindi and Urdu shaped as they are written."""

import json
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

Cell = str | int
FONTS = Path(str(files("rabta.web"))) / "static/vendor/print"
# The text travels as data: nothing of it is read as Typst's own language.
PAGE = """
#let given = json(bytes(sys.inputs.given))
#let right = given.right
#set page(paper: "a4", flipped: given.heads.len() > 7, margin: 2cm, footer: context [
  #set text(size: 8pt)
  #given.foot #h(1fr) #counter(page).display()
])
#set text(
  font: ("Print Latin", "Print Latin Extended", "Print Devanagari", "Print Arabic"), size: 10pt,
  lang: given.language, dir: if right { rtl } else { ltr }, fallback: false,
)
#show heading: set block(below: 0.6em)
= #given.title
#given.under
#v(0.6em)
#table(
  columns: if given.heads.len() > 7 { (auto,) + (1fr,) * (given.heads.len() - 1) } else {
    (1fr,) + (auto,) * (given.heads.len() - 1)  // a long name takes no room from the heads of numbers
  },
  align: (column, row) => if column == 0 { start } else { end },
  stroke: (x, y) => (bottom: if y == 0 { 1pt } else { 0.4pt + luma(160) }),
  inset: 5pt,
  table.header(..given.heads.map(head => strong(head))),
  ..given.lines.map(line => line.map(cell => [#cell])).flatten()
)
#for note in given.notes [#v(0.3em) #note]
"""


def pdf(
    lines: Sequence[Sequence[Cell]], *, title: str, under: str, notes: Sequence[str], now: datetime
) -> bytes:
    """The table as PDF in the reader's language. The first of `lines` are the heads."""
    import typst  # a large library that only this needs

    language = (get_language() or "en")[:2]
    made = date_format(timezone.localtime(now), "DATETIME_FORMAT")
    given = {
        "title": title,
        "under": under,
        "heads": [str(head) for head in lines[0]],
        "lines": [list(line) for line in lines[1:]],
        "notes": list(notes),
        "language": language,
        "right": language == "ur",
        "foot": _("Made on %(date)s") % {"date": made},
    }
    found: bytes = typst.compile(
        PAGE.encode(),
        format="pdf",
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]),
        sys_inputs={"given": json.dumps(given)},
    )
    return found
