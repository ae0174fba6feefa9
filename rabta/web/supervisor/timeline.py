"""The timeline: events of a case as sentences."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rabta.cases.models import Event
from rabta.force.names import localised
from rabta.web import contacts

WORDS = {
    "opened": gettext_lazy("Received"),
    "message_in": gettext_lazy("The citizen wrote again"),
    "message_edit": gettext_lazy("The citizen edited a message"),
    "message_revoke": gettext_lazy("The citizen deleted a message"),
    "replied": gettext_lazy("Answered"),
    "noted": gettext_lazy("Internal note"),
    "categorised": gettext_lazy("Category decided"),
    "placed": gettext_lazy("Place decided"),
    "assigned": gettext_lazy("Assigned to an operator"),
    "withheld": gettext_lazy("Withheld"),
    "accused": gettext_lazy("Withheld as an accusation"),
    "released": gettext_lazy("Released as an ordinary matter"),
    "confidential": gettext_lazy("Confidential inquiry: only named officers see the case"),
    "named": gettext_lazy("Other officers named in the confidential inquiry"),
    "confidential_ended": gettext_lazy("Confidential inquiry ended"),
    "ordered_lead": gettext_lazy("Ordered: %(post)s leads"),
    "ordered_support": gettext_lazy("Ordered: %(post)s supports"),
    "ordered_inform": gettext_lazy("For information: %(post)s"),
    "sent_along": gettext_lazy("Sent along the chain: %(post)s, towards %(goal)s"),
    "received": gettext_lazy("Received, to be passed on"),
    "passed_down": gettext_lazy("Passed on to %(post)s"),
    "given": gettext_lazy("Given to %(officer)s to inquire"),
    "taken_on": gettext_lazy("The inquiry officer accepted"),
    "taken_back": gettext_lazy("Taken back from %(officer)s"),
    "given_back": gettext_lazy("Given back by %(officer)s"),
    "report_handed_in": gettext_lazy("Report handed in to the head of the station"),
    "report_sent_back": gettext_lazy("Report sent back to the officer"),
    "order_ended": gettext_lazy("Order ended: %(post)s"),
    "vacant": gettext_lazy("The post of %(post)s is vacant: the order went to another"),
    "accepted": gettext_lazy("Order accepted"),
    "on_the_way": gettext_lazy("On the way"),
    "contacted": gettext_lazy("Somebody spoke with the citizen: %(how)s"),
    "contact_tried": gettext_lazy("The citizen was not reached"),
    "evidence": gettext_lazy("Photo or file added"),
    "reported": gettext_lazy("Action taken report sent"),
    "returned": gettext_lazy("Order returned"),
    "report_accepted": gettext_lazy("Report accepted"),
    "report_rejected": gettext_lazy("Report rejected"),
    "closed": gettext_lazy("Closed"),
    "reopened": gettext_lazy("Reopened"),
    "split": gettext_lazy("Opened from a message of another case"),
    "passed_on": gettext_lazy("Not delivered, so given to the next post"),
    "limit_warned": gettext_lazy("A limit runs out: %(post)s was told"),
    "escalated": gettext_lazy("A limit was passed: %(post)s was told"),
    "escalation_taken": gettext_lazy("Whoever was told takes care of it"),
    "paused": gettext_lazy("Limits paused"),
    "resumed": gettext_lazy("Limits run again"),
    "limits_changed": gettext_lazy("Limits worked out by new rules"),
    "interim_suggested": gettext_lazy("An interim reply is due"),
    "interim_sent": gettext_lazy("Interim reply sent"),
    "call_asked": gettext_lazy("The desk has to telephone: %(post)s did not get the order"),
    "called": gettext_lazy("The desk telephoned"),
    "undelivered": gettext_lazy("A message could not be delivered"),
}

# Each tick of each message, each picture: shown where it belongs.
UNSAID = frozenset({"delivery", "attachment_stored", "evidence_prepared"})


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of the timeline. `who` is empty for what the desk does by itself."""

    words: str
    at: datetime
    who: str


def step(event: Event) -> Step:
    """An event in words, with the officer and the post that he held then."""
    words = str(WORDS.get(event.what) or event.what.replace("_", " "))
    if "%(" in words:
        words %= _Names(event.data)
    who = " · ".join(str(part) for part in (event.officer, event.post) if part)
    return Step(words=words, at=event.at, who=who or _("automatic"))


class _Names(dict[str, Any]):
    """The event's data with posts in the reader's language; what is missing is a dash."""

    def __getitem__(self, key: str) -> str:
        value = str(self.get(key) or "–")
        if key == "how":
            return contacts.in_words(value)
        return localised(value) if key in ("post", "goal") else value
