"""How a picture looks, in 16 bytes that copies of it share however often they were sent on."""

import io

import dhash
from PIL import Image

from rabta.files import store
from rabta.files.models import StoredFile
from rabta.rules import moderation


def look_of(file: StoredFile | None) -> bytes | None:
    """The look of the copy that we drew ourselves; None where there is none, or it is all of one colour."""
    if file is None or file.cleaned is None:
        return None
    drawn = b"".join(store.read(file.cleaned))
    with Image.open(io.BytesIO(drawn)) as picture:
        row, column = dhash.dhash_row_col(picture)
    look: bytes = dhash.format_bytes(row, column)
    return look if moderation.tells(look) else None
