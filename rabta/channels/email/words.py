"""The words of a message: which part one reads, HTML as plain text, and what only repeats earlier letters left out.

What is left out of the text is still in the message, which stays sealed in the journal.
"""

import re
from collections.abc import Iterable, Sequence

import html_text
from lxml import etree, html

from rabta.channels.email import mime, wrapped
from rabta.channels.email.mime import Leaf
from rabta.channels.shapes import clean

LONGEST = 50_000
PLAIN = ("text/plain", "text/markdown")
MARKED_UP = ("text/html", "text/enriched", "text/richtext")  # tags around words
READ = (*PLAIN, *MARKED_UP)
MOST_HTML = 2_000_000
SIGNATURE_LINES = 12
MOST_LINES = 5_000
_QUOTED_HTML = (
    "//blockquote|//*[contains(concat(' ', normalize-space(@class), ' '), ' gmail_quote ')]"
    "|(//*[@id='appendonsend' or @id='divRplyFwdMsg'])[1]/following-sibling::*|(//*[@id='divRplyFwdMsg'])[1]"
    "|//*[contains(@class, 'yahoo_quoted') or contains(@class, 'moz-cite-prefix')]"
)
_ADDRESS = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,190}")
# What mail programs set before the letter that they repeat: a line, or a small block of headers.
_ORIGINAL = re.compile(r"^\s*[-_]{3,30}\s?[^-_\n]{3,40}\s?[-_]{3,30}\s*$")
_RULE = re.compile(r"^\s*_{10,}\s*$")
_HEAD = re.compile(r"^[\s*>]{0,6}\*?[^\s:*][^:\n]{0,20}:\*?\s{0,4}\S")


def words_of(leaves: Sequence[Leaf], *, own: Iterable[str], answers_us: bool) -> str:
    """What a person wrote."""
    texts = []
    for leaf in read_parts(leaves):
        text = mime.text_of(leaf.part)
        if leaf.kind in MARKED_UP:
            text = from_html(text, without_quotes=answers_us)
        texts.append(text)
    if not any(map(str.strip, texts)):
        texts = [_of_wrapped(leaf) for leaf in leaves if wrapped.is_wrapped(leaf)]
    text = "\n\n".join(filter(None, (_tidy(text[: 4 * LONGEST]) for text in texts)))[: 4 * LONGEST]
    text = _tidy(without_signature(without_history(text, own=own, answers_us=answers_us)))
    return text if len(text) <= LONGEST else text[:LONGEST] + " […]"


def _of_wrapped(leaf: Leaf) -> str:
    text, marked_up = wrapped.words(leaf)
    return from_html(text, without_quotes=False) if marked_up else clean(text)


def read_parts(leaves: Sequence[Leaf]) -> list[Leaf]:
    """The parts that are read: of alternatives the plain one, if it says anything."""
    found: list[Leaf] = []
    texts = [leaf for leaf in leaves if not leaf.attached and leaf.kind in READ]
    plain = any(leaf.kind in PLAIN and mime.text_of(leaf.part).strip() for leaf in texts)
    for leaf in texts:
        another = leaf.inside in ("multipart/alternative", "multipart/related") and leaf.kind in MARKED_UP
        if another and plain:
            continue
        if leaf.kind in MARKED_UP and plain and any(one.kind in PLAIN for one in found):
            continue
        found.append(leaf)
    return found


def from_html(text: str, *, without_quotes: bool) -> str:
    """HTML as plain text: no scripts, no styles, no letters repeated. Never fails."""
    source = text[:MOST_HTML]
    try:
        tree = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", source) or "<p></p>")
        if without_quotes:
            for node in tree.xpath(_QUOTED_HTML):
                if node.getparent() is not None:
                    node.drop_tree()
        for node in tree.xpath("//script|//style|//head|//title"):
            if node.getparent() is not None:
                node.drop_tree()
        found = clean(html_text.etree_to_text(tree))
    except (etree.LxmlError, ValueError, AssertionError, RecursionError, TypeError):
        found = ""
    # A tree that is too deep comes out empty: then the words between the tags do.
    return found if found.strip() else " ".join(clean(re.sub(r"<[^<>]*>", " ", source)).split())


def without_history(text: str, *, own: Iterable[str], answers_us: bool) -> str:
    """The text without the letter of ours that it repeats below. A letter of somebody else may be the matter itself."""
    lines = text.split("\n")
    ours = [one.casefold() for one in own]
    for at in _borders(lines):
        block = "\n".join(lines[at : at + 8]).casefold()
        if (answers_us or any(address in block for address in ours)) and any(map(str.strip, lines[:at])):
            return "\n".join(lines[:at])
    return text


def without_signature(text: str) -> str:
    """The text without a short signature below a line of two dashes (RFC 3676, 4.3)."""
    lines = text.rstrip().split("\n")
    for at in range(max(1, len(lines) - SIGNATURE_LINES - 1), len(lines)):
        if lines[at].rstrip("\r") in ("-- ", "--") and any(map(str.strip, lines[:at])):
            return "\n".join(lines[:at])
    return text


def _borders(lines: Sequence[str]) -> Iterable[int]:
    """Where a repeated letter may begin, in any language: by its shape, not by its words."""
    tail = len(lines)  # from here on everything is quoted
    while tail and (lines[tail - 1].startswith(">") or not lines[tail - 1].strip()):
        tail -= 1
    for at, line in enumerate(lines[:MOST_LINES]):
        if len(line) > 400:
            continue
        begins = not (at and lines[at - 1].strip())
        if (
            _ORIGINAL.match(line)
            or (_RULE.match(line) and _is_head(lines[at + 1 : at + 7]))
            or (begins and _is_head(lines[at : at + 6]))
            or _is_attribution(lines, at)
            or at == tail
        ):
            yield at


def _is_attribution(lines: Sequence[str], at: int) -> bool:
    """`On … <address> wrote:`, over one to three lines, and then nothing but quoted lines or an end."""
    if not lines[at].strip() or lines[at].startswith(">"):
        return False
    for last in range(at, min(at + 3, len(lines))):
        line = lines[last].strip()
        if line.startswith(">") or not line:
            return False
        if line.endswith((":", "：")):
            names = _ADDRESS.search(" ".join(lines[at : last + 1])[:600]) is not None
            below = next((one for one in lines[last + 1 : last + 6] if one.strip()), "")
            return below.startswith(">") or (names and not below)
    return False


def _is_head(lines: Sequence[str]) -> bool:
    """From, date, to and subject of a letter, whatever they are called: four such lines, one with an address."""
    block = [line for line in lines[:6] if line.strip()]
    heads = [line for line in block[:4] if _HEAD.match(line[:200])]
    return len(heads) >= 4 and any(_ADDRESS.search(line[:400]) for line in heads[:2])


def _tidy(text: str) -> str:
    """No spaces at the ends of lines, at most one empty line in a row."""
    lines = [line.rstrip() if line.rstrip("\r") != "-- " else line for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
