"""A few drawn pictures for the demonstration: no photo of a real person or place is shipped."""

import io
import random
from datetime import datetime

from PIL import Image, ImageDraw

from rabta.files import images, store
from rabta.files.models import StoredFile

SKIES = ((247, 197, 140), (150, 190, 225), (60, 70, 105), (214, 221, 226), (120, 160, 190), (235, 170, 150))


def make(*, now: datetime) -> list[StoredFile]:
    """One street scene for each sky, stored as an original with its cleaned copy, like every picture."""
    return [_stored(number, now) for number in range(len(SKIES))]


def _stored(number: int, now: datetime) -> StoredFile:
    stored = store.save(
        [_scene(number)], kind="image", mime="image/jpeg", name=f"photo-{number + 1}.jpg", now=now
    )
    images.clean(stored, now)
    return stored


def _scene(number: int) -> bytes:
    """A road between houses under a sky, as a JPEG."""
    dice = random.Random(number)
    sky = SKIES[number]
    picture = Image.new("RGB", (960, 720), sky)
    pen = ImageDraw.Draw(picture)
    for row in range(360):
        fade = row / 360
        pen.line([(0, row), (960, row)], fill=tuple(int(c + (255 - c) * fade * 0.6) for c in sky))
    _houses(pen, dice)
    pen.polygon([(0, 720), (960, 720), (560, 430), (400, 430)], fill=(92, 90, 88))
    for step in range(6):
        top, half = 440 + step * 50, 3 + step * 2
        pen.rectangle([480 - half, top, 480 + half, top + 20], fill=(232, 226, 205))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()


def _houses(pen: ImageDraw.ImageDraw, dice: random.Random) -> None:
    for side in (0, 1):
        x = 0
        while x < 380:
            width, height = dice.randint(60, 120), dice.randint(120, 300)
            left = x if side == 0 else 960 - x - width
            shade = dice.randint(120, 205)
            pen.rectangle([left, 430 - height, left + width, 560], fill=(shade, shade - 18, shade - 38))
            for wy in range(430 - height + 18, 420, 46):
                for wx in range(left + 12, left + width - 22, 34):
                    pen.rectangle([wx, wy, wx + 16, wy + 24], fill=(70, 78, 96))
            x += width + dice.randint(0, 18)
