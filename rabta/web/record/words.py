"""What an entry of the record says to people. An act without words here is shown by its own name."""

import re

from django.utils.translation import gettext_lazy as _

from rabta.web.desk.events import WORDS as EVENT_WORDS
from rabta.web.desk.events import event_words
from rabta.web.record.queries import Entry

BLANK = re.compile(r"%\(\w+\)s")
ACTS = {
    "looked": _("Read the case"),
    "original": _("Took the original of a file"),
    "reveal:case": _("Saw who wrote (case)"),
    "reveal:list": _("Saw who wrote (list)"),
    "searched": _("Searched for cases"),
    "reveal:greetings": _("Saw who wrote (greetings)"),
    "reveal:order": _("Saw who wrote (order)"),
    "send_again": _("Let a message be sent again"),
    "leave_unsent": _("Let a message be that did not arrive"),
    "exported": _("Took an export"),
    "crimes_imported": _("Brought in the register of crimes"),
    "read_record": _("Read this record"),
    "signed_in": _("Signed in"),
    "signed_out": _("Signed out"),
    "sign_in_failed": _("Sign-in failed"),
    "sign_in_pin": _("Gave an officer a new PIN"),
    "sign_in_password": _("Gave an officer a link to choose a password"),
    "sign_in_factors": _("Took an officer's second factor away"),
    "sign_in_sign_out": _("Signed an officer out everywhere"),
    "password_chosen": _("Chose a password with a link"),
    "second_factor_added": _("Added a second factor"),
    "second_factor_removed": _("Removed a second factor"),
    "password_changed": _("Changed the password"),
    "pin_changed": _("Changed the PIN"),
    "devices_signed_out": _("Signed out other devices"),
    "token_made": _("Made a key by which a program acts in an officer's name"),
    "tokens_ended": _("Ended the programs that act in the officer's name"),
    "key_registered": _("Registered a key of a keyholder"),
    "key_confirmed": _("Confirmed a keyholder's key"),
    "key_ended": _("Ended a keyholder's key"),
    "opening_asked": _("Asked to open a sealed identity"),
    "opening_begun": _("Took what is sealed, to decide on its opening"),
    "opening_approved": _("Approved the opening of a sealed identity"),
    "opening_refused": _("Refused to open a sealed identity"),
    "opening_taken": _("Took what was sealed anew for him"),
    "opening_opened": _("Opened a sealed identity"),
    "sealed_anew": _("Sealed a name anew for the keys of today"),
    "sealed_confirmed": _("Found the same in what another custodian sealed anew"),
    "sealed_differs": _("Found something else than was sealed first"),
    "account_added": _("Added an account of a channel"),
    "account_paused": _("Paused an account of a channel"),
    "account_resumed": _("Resumed an account of a channel"),
    "account_held": _("Another officer holds an account of a channel"),
    "account_taken": _("Took an account of a channel over"),
    "register_imported": _("Brought in the register that was kept before"),
    "post_given": _("Handed a post over"),
    "post_taken": _("Took a post over"),
    "post_written": _("Wrote a post of the force"),
    "direction_given": _("Gave an instruction"),
    "direction_ended": _("Ended an instruction"),
    "hop_received": _("Received an instruction"),
    "hop_passed": _("Passed an instruction on"),
    "hop_alone": _("An instruction went on by itself"),
    "hop_escalated": _("Told one level up that an instruction is late"),
    "proof_sent": _("Sent proof of an instruction"),
    "proof_verified": _("Verified a proof"),
    "proof_rejected": _("Rejected a proof"),
    "proof_excused": _("Wrote that an instruction does not apply to a unit"),
    "good_work_submitted": _("Handed good work in"),
    "good_work_supported": _("Supported good work"),
    "good_work_returned": _("Returned good work"),
    "good_work_amended": _("Handed good work in again"),
    "good_work_approved": _("Approved good work"),
    "post_let_go": _("Let a post of the force go"),
    "post_refused": _("Refused a post of the force"),
    "secrets_changed": _("Changed a provider's secrets"),
    "set_up_force": _("Read units, posts and officers from tables"),
    "commander_added": _("Registered a commander’s own account"),
    "commander_ended": _("Ended a commander’s own account"),
    "receiver_changed": _("Changed who receives complaints against police"),
    "phone_changed": _("Changed officers' telephone numbers"),
    "case_linked": _("Linked two cases"),
    "case_unlinked": _("Removed the link between two cases"),
    "posting_changed": _("Changed officers' postings"),
    "post_changed": _("Changed the role or unit of posts"),
    "unit_changed": _("Changed the place of units"),
    "second_asked": _("Asked a second administrator"),
    "second_confirmed": _("Confirmed what another administrator asked for"),
    "second_refused": _("Refused what an administrator asked for"),
    "chat_imported": _("Brought in the exported chat of a group"),
    "erased": _("Erased by the rules of retention"),
}


def act_words(entry: Entry) -> str:
    """The act in the reader's language."""
    if entry.event is not None:
        return event_words(entry.event)
    return str(ACTS.get(entry.act) or entry.act.replace("_", " ").replace(":", ": "))


def choices() -> list[tuple[str, str]]:
    """Acts to choose from: looks first, then events, named by their words before a colon, with dots for blanks."""
    events = [
        (code, BLANK.sub("…", str(words).partition(": %")[0]).strip()) for code, words in EVENT_WORDS.items()
    ]
    return [*((code, str(words)) for code, words in ACTS.items()), *events]
