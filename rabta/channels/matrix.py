"""What each channel can do, as a table in Markdown, made from the channels' own declarations (`rabta channels`)."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.utils.translation import override

from rabta.channels.contract import Channel, Limits

HEAD = """# Channels

Made by `rabta channels` from what each channel declares (`rabta/channels/contract.py`); a test holds it true.
"""


def _yes(told: object) -> str:
    return "yes" if told else "–"


def _span(time: timedelta | None, otherwise: str = "any time") -> str:
    if time is None:
        return otherwise
    hours = time.total_seconds() / 3600
    return f"{hours / 24:g} days" if hours > 48 else f"{hours:g} h"


def _rate(channel: Channel) -> str:
    limits = channel.limits
    parts = [f"{limits.per_second} a second"]
    if limits.pair_interval:
        burst = f", {limits.pair_burst} at once" if limits.pair_burst > 1 else ""
        parts.append(f"to one person 1 in {limits.pair_interval.total_seconds():g} s{burst}")
    parts += [
        f"{kind} {cap.most} in {cap.within.total_seconds() / 60:g} min"
        for kind, cap in limits.windowed.items()
    ]
    return "; ".join(parts) if channel.send else "–"


def _media(limits: Limits) -> str:
    return ", ".join(f"{kind} {size / 1024**2:g}" for kind, size in limits.media_bytes.items()) or "–"


ROWS: tuple[tuple[str, Callable[[Channel], str]], ...] = (
    ("comes in by", lambda c: "a signed hook" if c.verify else "its own page or connection"),
    ("missed messages are fetched", lambda c: _yes(c.poll)),
    ("asks by itself where no hook is set", lambda c: _yes(c.listen)),
    ("files of people are fetched", lambda c: "come within" if c.within else _yes(c.fetch)),
    ("answers go out", lambda c: f"by `rabta {c.process}`" if c.send else "on the status page"),
    ("reaches a telephone number", lambda c: _yes(c.by_phone)),
    ("free text after a message", lambda c: _span(c.limits.free_text_window) if c.send else "–"),
    ("an officer's own words", lambda c: _span(c.limits.personal_window, "as above") if c.send else "–"),
    ("templates", lambda c: _yes(c.templates)),
    ("things to press", lambda c: f"up to {c.limits.buttons}" if c.limits.buttons else "numbers in the text"),
    ("marks as read", lambda c: _yes(c.marks_read)),
    ("longest text", lambda c: str(c.limits.text_length)),
    ("largest files, MB", lambda c: _media(c.limits)),
    ("limits that are held", _rate),
    ("test button", lambda c: _yes(c.check)),
)  # fmt: skip


def markdown(channels: Iterable[Channel]) -> str:
    """The whole document."""
    found = list(channels)
    with override("en"):
        heads = [f"[{channel.label}]({channel.kind}.md)" for channel in found]
    lines = ["| | " + " | ".join(heads) + " |", "|---" * (len(found) + 1) + "|"]
    lines += [f"| {name} | " + " | ".join(told(channel) for channel in found) + " |" for name, told in ROWS]
    return "\n".join([HEAD, *lines, ""])
