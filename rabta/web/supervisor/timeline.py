"""The timeline: events of a case as sentences, with who did it under which post."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from rabta.cases.models import Event
from rabta.web.events import event_words


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of the timeline. `who` is empty for what the desk does by itself."""

    words: str
    at: datetime
    who: str


def step(event: Event) -> Step:
    """An event in words, with the officer and the post that he held then."""
    who = " · ".join(str(part) for part in (event.officer, event.post) if part)
    return Step(words=event_words(event), at=event.at, who=who or _("automatic"))
