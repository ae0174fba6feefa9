"""Whether free text may be sent to a person, or only a template."""

from datetime import datetime, timedelta

# A letter is decided on before it reaches the provider, whose clock is not ours.
MARGIN = timedelta(minutes=3)


def closes_at(*, last_in_at: datetime | None, window: timedelta) -> datetime | None:
    """When free text ends for a person who last wrote at `last_in_at`; None when they never wrote."""
    return None if last_in_at is None else last_in_at + window - MARGIN


def is_open(*, last_in_at: datetime | None, window: timedelta | None, now: datetime) -> bool:
    """Whether free text may be sent now. Without a `window` the channel has no such rule and it always may.

    Source: channels.md, WhatsApp: free text only within 24 hours of the person's last message.
    """
    if window is None:
        return True
    end = closes_at(last_in_at=last_in_at, window=window)
    return end is not None and now < end
