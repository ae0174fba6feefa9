"""A short-lived process that decodes one picture nobody trusts and writes it anew.

Run as a script: the picture comes on standard input; the answer on standard output is a line of JSON, then the new
picture. Before it looks at the first byte it gives up its rights, each in more than one way: root, much memory and
time, files and processes (limits of the kernel), and then nearly all system calls (seccomp). What is left can compute,
read its input and write its output: it reaches no network, no file and no other process. It imports nothing of Rabta.
"""

import ctypes
import io
import json
import os
import platform
import resource
import struct
import sys
import warnings
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image, ImageOps

MEMORY = 1024 * 1024 * 1024
SECONDS = 15
SIDE = 2560
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


NOBODY = 65534
# What a process needs to compute, to read its input and to write its output; numbers by machine, from the kernel.
CALLS = {
    "x86_64": {
        "read": 0, "write": 1, "close": 3, "fstat": 5, "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11,
        "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "sched_yield": 24, "mremap": 25,
        "madvise": 28, "getpid": 39, "exit": 60, "sigaltstack": 131, "futex": 202, "clock_gettime": 228,
        "exit_group": 231, "getrandom": 318,
    },
    "aarch64": {
        "close": 57, "lseek": 62, "read": 63, "write": 64, "fstat": 80, "exit": 93, "exit_group": 94, "futex": 98,
        "clock_gettime": 113, "sched_yield": 124, "sigaltstack": 132, "rt_sigaction": 134, "rt_sigprocmask": 135,
        "rt_sigreturn": 139, "getpid": 172, "brk": 214, "munmap": 215, "mremap": 216, "mmap": 222, "mprotect": 226,
        "madvise": 233, "getrandom": 278,
    },
}  # fmt: skip
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050001, 0x80000000  # refused calls fail with EPERM


def give_up_rights() -> None:
    """From here on this process can compute, read its input and write its output."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 0,
        resource.RLIMIT_CORE: 0,
    }
    if hasattr(resource, "RLIMIT_NPROC"):
        limits[resource.RLIMIT_NPROC] = 0
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))
    refuse_calls()


def refuse_calls() -> bool:
    """Let the kernel refuse every system call but CALLS; False where it has no such filter (not Linux)."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in CALLS:
        return False
    program = filter_program(machine)
    buffer = ctypes.create_string_buffer(program, len(program))
    pointer = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        PR_SET_SECCOMP, SECCOMP_MODE_FILTER, pointer, 0, 0
    ):
        raise OSError(ctypes.get_errno(), "this kernel takes no filter of system calls")
    return True


def filter_program(machine: str) -> bytes:
    """The filter in the kernel's own language: another machine's calls kill, unknown calls are refused."""
    calls = sorted(CALLS[machine].values())
    lines = [
        (LOAD, 0, 0, 4),
        (JUMP_IF_EQUAL, 1, 0, AUDIT_ARCH[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, 0),
    ]
    lines += [(JUMP_IF_EQUAL, len(calls) - at, 0, call) for at, call in enumerate(calls)]
    lines += [(RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def warm_up() -> None:
    """Let Pillow import, from pictures of our own, all that it imports while it works: later it can open no file."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo)[2] = (1.0, 0.0, 0.0)
    second = Image.new("RGB", (2, 2), "blue")
    for kind, mode in (
        ("JPEG", "CMYK"),
        ("MPO", "RGB"),
        ("PNG", "P"),
        ("PNG", "LA"),
        ("WEBP", "RGBA"),
        ("GIF", "RGB"),
    ):
        target = io.BytesIO()
        more = {"save_all": True, "append_images": [second]} if kind in ("MPO", "GIF") else {}
        Image.new(mode, (2, 2)).save(target, kind, exif=exif, **more)
        recode(target.getvalue(), pixels=1_000_000)


def recode(data: bytes, *, pixels: int) -> tuple[dict[str, Any], bytes]:
    """What the picture says of place and time, and a new picture without that."""
    Image.MAX_IMAGE_PIXELS = pixels // 2  # Pillow refuses at twice this number, and warns from it on
    warnings.simplefilter("ignore")
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        facts = evidence(image)
        image.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded at a fraction of its size where that is enough
        image.load()
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        clear = upright.has_transparency_data
        plain = upright.convert("RGBA" if clear else "RGB")
    # Only the points are taken over: no metadata, no profile, no second picture, nothing after the end.
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    target = io.BytesIO()
    if clear:
        fresh.save(target, "WEBP", quality=85)
    else:
        fresh.save(target, "JPEG", quality=85, optimize=True)
    facts |= {"mime": "image/webp" if clear else "image/jpeg", "width": fresh.width, "height": fresh.height}
    return facts, target.getvalue()


def evidence(image: Image.Image) -> dict[str, Any]:
    """When and where the camera says that the picture was taken; None for what it does not say."""
    try:
        exif = image.getexif()
        details, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
        return {
            "taken_at": taken_at(details),
            "lat": degrees(gps, 1, 2, "S", 90),
            "lng": degrees(gps, 3, 4, "W", 180),
        }
    except Exception:  # noqa: BLE001 - a broken note on a good picture is no reason to refuse the picture
        return {"taken_at": None, "lat": None, "lng": None}


def taken_at(details: dict[int, Any]) -> str | None:
    """The camera's clock, as it stood: with its offset if the camera knew it."""
    day, _, clock = str(details.get(ExifTags.Base.DateTimeOriginal, "")).partition(" ")
    offset = str(details.get(ExifTags.Base.OffsetTimeOriginal, ""))
    try:
        return datetime.fromisoformat(f"{day.replace(':', '-')}T{clock}{offset}").isoformat()
    except ValueError:
        return None


def degrees(gps: dict[int, Any], side: int, value: int, minus: str, most: float) -> float | None:
    """A coordinate in degrees; None when it is missing or impossible."""
    if value not in gps:
        return None
    whole, minutes, seconds = (float(part) for part in gps[value])
    result = (whole + minutes / 60 + seconds / 3600) * (-1 if gps.get(side) == minus else 1)
    return round(result, 6) if abs(result) <= most else None


def main() -> None:
    """Read, recode, answer. Anything that goes wrong ends in an answer without a picture, or in none at all."""
    pixels = int(sys.argv[1])
    warm_up()
    data = sys.stdin.buffer.read()
    give_up_rights()
    try:
        facts, picture = recode(data, pixels=pixels)
    except Image.DecompressionBombError:
        facts, picture = {"refused": "points"}, b""
    except Exception:  # noqa: BLE001 - whatever it is, it ends here
        facts, picture = {"refused": "unreadable"}, b""
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + picture)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
