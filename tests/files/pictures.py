"""Pictures for the tests: good ones, with the notes of a camera, and ones made to hurt."""

import io
import struct
import zlib

from PIL import ExifTags, Image

LAT, LNG = 34.0151, 71.5249


def photo(*, size: tuple[int, int] = (640, 480), orientation: int = 6, format: str = "JPEG") -> bytes:
    """A photo as a telephone makes it: lying on its side, with the time, the place and the camera's name.

    Its left half is red, its right half blue (as stored).
    """
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "CANARY-CAMERA"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:03:14 15:09:26"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[1], gps[2] = "N", (34.0, 0.0, 54.36)
    gps[3], gps[4] = "E", (71.0, 31.0, 29.64)
    target = io.BytesIO()
    image.save(target, format, exif=exif, comment=b"CANARY-COMMENT") if format == "JPEG" else image.save(
        target, format, exif=exif
    )
    return target.getvalue()


def bomb(*, side: int = 60_000) -> bytes:
    """A small PNG that claims `side` × `side` points."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000)) + chunk(b"IEND", b"")
    )


def honest_bomb() -> bytes:
    """A PNG within the allowed points whose decoded form would take more memory than the recoder may have."""
    target = io.BytesIO()
    Image.new("L", (10_900, 10_900)).save(target, "PNG")
    return target.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert('CANARY-SCRIPT')</script>"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
