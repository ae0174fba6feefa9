"""The timeline in words: what each event says to the people who read it."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rabta.cases.models import Event, Outcome, Withheld
from rabta.force.names import localised
from rabta.replying.forces import forces
from rabta.rules.questions import OTHER
from rabta.triage import tables
from rabta.web import contacts
from rabta.web.templatetags.rabta import tongue

WORDS = {
    "opened": _("Case opened"),
    "message_in": _("The citizen wrote"),
    "message_edit": _("The citizen edited a message"),
    "message_revoke": _("The citizen deleted a message"),
    "message_reaction": _("The citizen reacted to a message"),
    "identity": _("The citizen's number changed"),
    "identity_taken": _("The citizen's new number is known already, as somebody else's"),
    "asked": _("The citizen was asked: %(question)s"),
    "answered": _("The citizen answered %(question)s: %(answer)s"),
    "forwarded_in": _("An officer forwarded a message"),
    "contact_asked": _("The officer was asked who wrote it"),
    "contact_told": _("The officer told who wrote it"),
    "contact_unknown": _("The officer does not know who wrote it"),
    "acknowledged": _("Receipt sent to the citizen"),
    "replied": _("Reply to the citizen"),
    "replied_in_public": _("Public answer under the post"),
    "commanded": _("Ordered by a public post"),
    "command_refused": _("A public post ordered action, and could not be made into an order"),
    "unsent": _("Reply undone"),
    "noted": _("Internal note"),
    "categorised": _("Category: %(category)s"),
    "placed": _("Place set"),
    "assigned": _("Assigned at the desk"),
    "ordered_lead": _("Ordered: %(post)s"),
    "ordered_support": _("Ordered in support: %(post)s"),
    "ordered_inform": _("Informed: %(post)s"),
    "sent_along": _("Sent along the chain: %(post)s, towards %(goal)s"),
    "received": _("Received, to be passed on"),
    "passed_down": _("Passed on to %(post)s"),
    "given": _("Given to %(officer)s to inquire"),
    "taken_on": _("The inquiry officer accepted"),
    "taken_back": _("Taken back from %(officer)s"),
    "given_back": _("Given back by %(officer)s"),
    "report_handed_in": _("Report handed in to the head of the station"),
    "report_sent_back": _("Report sent back to the officer"),
    "order_ended": _("Order ended: %(post)s"),
    "vacant": _("The post of %(post)s is vacant: the order went to another"),
    "accepted": _("Order accepted"),
    "on_the_way": _("On the way"),
    "contacted": _("Somebody spoke with the citizen: %(how)s"),
    "contact_tried": _("The citizen was not reached"),
    "evidence": _("Photo proof added"),
    "reported": _("Action taken report: %(outcome)s"),
    "returned": _("Order returned"),
    "ordered_by_sms": _("The order had not reached %(post)s within a minute, so it also went by SMS"),
    "undelivered": _("The order was not delivered in time, so it also went to the next post"),
    "limit_warned": _("A limit runs out: %(post)s was told"),
    "escalated": _("A limit was passed: %(post)s was told"),
    "passed_up": _("Passed up to %(post)s"),
    "escalation_taken": _("Whoever was told of the passed limit takes care of it"),
    "paused": _("Limits paused"),
    "resumed": _("Limits run again"),
    "limits_changed": _("Limits worked out by new rules"),
    "interim_suggested": _("An interim reply is due"),
    "interim_sent": _("Interim reply sent"),
    "call_asked": _("%(post)s did not get the order: the desk has to telephone"),
    "called": _("The desk telephoned"),
    "report_accepted": _("Report accepted"),
    "report_rejected": _("Report rejected"),
    "withheld": _("Withheld: %(reason)s"),
    "released": _("Released: %(remark)s"),
    "confidential": _("Confidential inquiry: only named officers see the case"),
    "named": _("Other officers named in the confidential inquiry"),
    "confidential_ended": _("Confidential inquiry ended: %(remark)s"),
    "split": _("A new case was opened from a message"),
    "kept_together": _("One matter, said the desk"),
    "merged": _("Merged into %(into)s: it is one matter"),
    "absorbed": _("%(reference)s was merged into this case"),
    "unmerged": _("Merge undone: %(reference)s"),
    "gathered": _("Gathered with similar reports under %(reference)s"),
    "gathers": _("Similar reports were gathered here: %(people)s"),
    "taken_out": _("Taken out of the incident: %(reference)s"),
    "part_in": _("Somebody else who told of this wrote"),
    "replied_to_all": _("Reply to all who told of this: %(people)s"),
    "linked": _("Linked with another case"),
    "unlinked": _("Link with another case removed"),
    "protected": _("Name and number are hidden from now on"),
    "identity_sealed": _("What the person told was sealed"),
    "recordings_sealed": _("Original recordings were sealed"),
    "safe_contact": _("Whether it is safe to write was set"),
    "address_destroyed": _("The address of the protected person was destroyed"),
    "held": _("Kept from erasure: %(remark)s"),
    "file_told": _("What a file of the source says was noted for the officers"),
    "file_released": _("Officers may have a file of the source as it came: %(remark)s"),
    "hold_ended": _("May be erased again when its time comes"),
    "delivery": _("Delivery status"),
    "closed": _("Closed: %(outcome)s"),
    "closing_asked": _("To be closed as “%(outcome)s”: waits for a second officer"),
    "closing_approved": _("Closing as “%(outcome)s” approved"),
    "closing_refused": _("Closing as “%(outcome)s” refused: %(remark)s"),
    "transferred": _("Given to another force: %(force)s"),
    "papers_received": _("%(force)s took it up under the number %(reference)s"),
    "papers_failed": _("Its papers did not arrive at %(force)s"),
    "papers_again": _("Its papers are sent to %(force)s again"),
    "handed": _("Handed over by %(force)s, number there %(reference)s"),
    "reopened": _("Reopened: %(remark)s"),
    "reopened_by_citizen": _("Reopened by the citizen: %(remark)s"),
    "appealed": _("The citizen appealed: %(remark)s"),
    "appeal_upheld": _("Appeal upheld: %(remark)s"),
    "appeal_rejected": _("Appeal rejected: %(remark)s"),
    "opinion": _("What the citizen thinks of it: %(mark)s of 5"),
    "handed_over": _("Handed over to the emergency line: %(to)s"),
    "hand_over_confirmed": _("The emergency line has it, incident number %(number)s"),
    "fir_recorded": _("FIR %(number)s, %(unit)s, %(on)s"),
    "investigation_begun": _("Under investigation"),
    "investigation_ended": _("No more under investigation"),
}
QUESTIONS = {
    "language": _("in which language we should write"),
    "category": _("what it is about"),
    "place": _("which place it is"),
}
# Each tick of each message, each picture: shown where it belongs.
QUIET = frozenset({"delivery", "attachment_stored", "evidence_prepared"})


def event_words(event: Event) -> str:
    """The event in the reader's language; an unknown one by its own name."""
    words = WORDS.get(event.what)
    if words is None:
        return event.what.replace("_", " ")
    return str(words) % _Names(event.data)


def still_asked(events: Iterable[Event]) -> list[tuple[str, Event]]:
    """What the citizen was asked and has not answered, in words. `events` are those of one case; an erased one
    has lost what was asked."""
    events = sorted(events, key=lambda event: event.pk)
    answered = {event.data.get("question") for event in events if event.what == "answered"}
    asked = [(event.data.get("question"), event) for event in events if event.what == "asked"]
    return [(str(QUESTIONS.get(what, "")), event) for what, event in asked if what and what not in answered]


class _Names(dict[str, Any]):
    """The event's data with codes turned into names; what is missing is a dash."""

    def __getitem__(self, key: str) -> Any:
        value = self.get(key)
        if value in (None, ""):
            return "–"
        if key == "outcome":
            return Outcome(value).label if value in Outcome.values else value
        if key == "reason":
            return Withheld(value).label if value in Withheld.values else value
        if key in ("post", "goal", "unit"):
            return localised(value)
        if key == "force":
            return forces()[value].name(get_language() or "en") if value in forces() else value
        if key == "question":
            return QUESTIONS.get(value, value)
        if key == "category":
            return tables.category_label(value, language=get_language() or "en")
        if key == "how":
            return contacts.in_words(value)
        return self._answer(value) if key == "answer" else value

    def _answer(self, value: Any) -> Any:
        if value in tables.categories():
            return tables.category_label(value, language=get_language() or "en")
        if value == OTHER:
            return _("None of these")
        return tongue(value) if self.get("question") == "language" else value
