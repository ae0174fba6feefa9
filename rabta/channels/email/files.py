"""The files in a message, each named by the number of its part: everything that is not what one reads.

What Outlook wraps into winmail.dat is unwrapped. Signed, encrypted and calendar parts are files like any other.
"""

from collections.abc import Sequence

from rabta.channels.contract import Media
from rabta.channels.email import mime, wrapped
from rabta.channels.email.mime import Leaf
from rabta.channels.email.words import READ, read_parts
from rabta.channels.shapes import clean

MOST = 30
TINY = 3_000  # bytes of a picture within the text: a logo, or a dot that counts readers
_KINDS = {"image": "image", "audio": "audio", "video": "video"}


def files_in(leaves: Sequence[Leaf]) -> tuple[Media, ...]:
    """What there is to fetch, at most MOST files. `ref` is what `file_at` takes."""
    read = {leaf.place for leaf in read_parts(leaves)}
    found: list[Media] = []
    for leaf in leaves:
        if leaf.place in read or _is_other_text(leaf) or _is_ornament(leaf):
            continue
        inner = list(wrapped.files(leaf)) if wrapped.is_wrapped(leaf) else []
        for number, (name, _data) in enumerate(inner, start=1):
            found.append(Media(kind="document", ref=f"{leaf.place}:{number}", name=name))
        if not inner:
            kind = _KINDS.get(leaf.kind.partition("/")[0], "document")
            found.append(Media(kind=kind, ref=str(leaf.place), mime=clean(leaf.kind)[:100], name=_name(leaf)))
    return tuple(found[:MOST])


def file_at(leaves: Sequence[Leaf], ref: str) -> bytes:
    """The bytes of one file. ValueError when there is none."""
    place, _, number = ref.partition(":")
    leaf = next((leaf for leaf in leaves if str(leaf.place) == place), None)
    if leaf is None:
        raise ValueError("no such part")
    if not number:
        return mime.content(leaf.part)
    inner = list(wrapped.files(leaf))
    if not number.isdigit() or not 0 < int(number) <= len(inner):
        raise ValueError("no such part")
    return inner[int(number) - 1][1]


def _is_other_text(leaf: Leaf) -> bool:
    """The same words in another form."""
    return not leaf.attached and leaf.kind in (
        *READ, "text/x-amp-html", "text/watch-html", "text/vnd.google.email-reaction+json",
    )  # fmt: skip


def _is_ornament(leaf: Leaf) -> bool:
    within = leaf.inside == "multipart/related" and leaf.part.get("content-id")
    return bool(within and leaf.kind.startswith("image/") and len(mime.content(leaf.part)) < TINY)


def _name(leaf: Leaf) -> str:
    if leaf.name:
        return leaf.name
    endings = {"text/calendar": "invitation.ics", "message/rfc822": "message.eml",
               "application/pgp-encrypted": "version.asc", "application/pkcs7-mime": "smime.p7m"}  # fmt: skip
    return endings.get(leaf.kind, "")
