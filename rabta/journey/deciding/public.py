"""Answering under a public post, where everybody reads it: what is harmless, and only after a second look."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rabta.cases.events import record
from rabta.cases.models import Case, Message
from rabta.cases.refusal import Refused
from rabta.force import directory as force_directory
from rabta.force.access import Permission, Scope
from rabta.force.directory import Directory
from rabta.force.names import listed
from rabta.journey.checks import allowed, is_safe, locked, said_something
from rabta.journey.deciding.desk import UNDO
from rabta.replying import in_public
from rabta.replying.letters import Said, language_for, priority_of, say
from rabta.rules.public_words import Told
from rabta.triage import tables

WORDS = {
    Told.REFERENCE: gettext_lazy("a reference number"),
    Told.NUMBER: gettext_lazy("a telephone or other number"),
    Told.ADDRESS: gettext_lazy("a link or an e-mail address"),
    Told.CASE: gettext_lazy("words about a case"),
    Told.KNOWN: gettext_lazy("a name, place or category of this case"),
}


def may_answer(case: Case) -> Message | None:
    """The post under which the desk may write; None where it may not."""
    if case.withheld or case.confidential or case.hides_author:
        return None
    return in_public.post_to_answer(case)


def reply_in_public(*, case: Case, text: str, confirmed: bool, by: Scope, now: datetime) -> Message:
    """Write under the newest public post of the case. It leaves after a few seconds, in which it can be taken back.

    Refused where the case is withheld or confidential or its writer protected, where the text tells of the case, and
    until the writer has confirmed that everybody may read it.
    """
    actor = allowed(by, Permission.HANDLE_CASES, case)
    case = locked(case)
    post = may_answer(case)
    if post is None:
        raise Refused(_("This case is not answered in public. Write privately."))
    is_safe(case)
    text = said_something(text, limit=1000)
    _tells_nothing(case, text, directory=force_directory.current(now=now))
    if not confirmed:
        raise Refused(_("Everybody can read a public answer. Confirm that it may be read by all."))
    said = Said(
        conversation=case.conversation,
        case=case,
        text=text,
        language=language_for(case),
        automatic=False,
        author=by.officer,
        author_post_id=actor.post_id,
        priority=priority_of(case),
        visible_to=case.visible_to,
        hidden_from=case.hidden_from,
        hold=UNDO,
        answers=post,
        public=True,
    )
    (message,) = say([said], now=now)
    case.replied_at, case.changed_at = case.replied_at or now, now
    case.save(update_fields=["replied_at", "changed_at"])
    record(case, "replied_in_public", now=now, actor=actor, message=message.public_id)
    return message


def _tells_nothing(case: Case, text: str, *, directory: Directory) -> None:
    category = tables.categories().get(case.category)
    found = in_public.tells(case, text, category=category.labels.values() if category else ())
    found += [(Told.KNOWN, place.name) for place in directory.places_in(text)]
    if found:
        told_of = listed(f"{WORDS[told]} (“{words}”)" for told, words in dict.fromkeys(found))
        raise Refused(
            _("In public nothing is said about a case or a person. Leave out: %(found)s.")
            % {"found": told_of}
        )
