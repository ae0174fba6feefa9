"""Words for what an entry of the record names beside its act: by which work of the machine, about what, read where."""

from django.utils.translation import gettext_lazy as _

# Why the machine did something by itself (`system_reason`), as the code writes it.
REASONS = {
    "STOP": _("“STOP” was written"),
    "START": _("“START” was written"),
    "a commander held up this post": _("a commander held up this post"),
    "a journalist wrote": _("a journalist wrote"),
    "bringing in personnel": _("bringing in personnel"),
    "command line": _("by the command line"),
    "ending pauses": _("ending pauses"),
    "erasing what is past its time": _("erasing what is past its time"),
    "fetching media": _("fetching files"),
    "groups": _("work of the groups"),
    "handing a case over": _("handing a case over"),
    "handing back what an absent officer has": _("handing back what an absent officer has"),
    "importing a chat": _("bringing in a chat"),
    "interim replies": _("interim replies"),
    "nobody looked": _("nobody looked"),
    "passing instructions on": _("passing instructions on"),
    "preparing evidence": _("preparing evidence"),
    "reading the journal": _("reading what came in"),
    "sharing out the desk's cases": _("sharing out the desk’s cases"),
    "taking in who wants to join a group": _("taking in who wants to join a group"),
    "the citizen asked": _("the citizen asked"),
    "telling everybody the answer to a rumour": _("telling everybody the answer to a rumour"),
    "watching for proof": _("watching for proof"),
    "watching limits": _("watching limits"),
    "watching orders that do not arrive": _("watching orders that do not arrive"),
    "watching vacant posts": _("watching vacant posts"),
    "watching who serves under the accused": _("watching who serves under the accused"),
    "watching who serves where": _("watching who serves where"),
    "who runs it wrote": _("who runs the group wrote"),
}
# Kinds of things (`subject`).
SUBJECTS = {
    "account": _("account of a channel"),
    "broadcast": _("announcement"),
    "bulletin": _("bulletin"),
    "case": _("case"),
    "cases_event": "",  # said by the event itself
    "claim": _("rumour"),
    "credential": _("provider’s secrets"),
    "crimes": _("register of crimes"),
    "delivery": _("letter"),
    "direction": _("instruction"),
    "file": _("file"),
    "force": _("the force"),
    "force_key": _("key of another force"),
    "good_work": _("good work"),
    "group": _("group"),
    "group_item": _("what was written in a group"),
    "handle": _("address of a person"),
    "hop": _("step of an instruction"),
    "keyholder": _("keyholder"),
    "limits": _("time limits"),
    "member": _("member of a group"),
    "officer": _("officer"),
    "opening": _("opening of a sealed name"),
    "own_account": _("commander’s own account"),
    "personnel": _("personnel"),
    "post": _("post of an officer"),
    "publication": _("post of the force"),
    "question": _("question of a journalist"),
    "record": _("record of acts"),
    "report": _("screenshot or report"),
    "unit": _("unit"),
    "version": _("official version"),
    "figures": _("figures"),
    "cases": _("cases"),
}
# Where a case was read (`cases.looking.looked`).
PLACES = {
    "api": _("by a program"),
    "api figures": _("by a program, behind a figure"),
    "api list": _("by a program, in a list"),
    "calls": _("calls to be made"),
    "closings": _("closings"),
    "desk": _("desk page"),
    "due": _("list of what is due"),
    "export": _("export"),
    "figures": _("behind a figure"),
    "file": _("one of its files"),
    "inquiries": _("list of inquiries"),
    "inquiry": _("inquiry page"),
    "limits": _("page of time limits"),
    "order": _("order page"),
    "review": _("review page"),
}


def reason_words(reason: str) -> str:
    """Why, in the reader's language."""
    return str(REASONS.get(reason, reason))


def about_words(about: str, *, looked: bool) -> str:
    """What it was about, or where the case was read, in the reader's language."""
    return str((PLACES if looked else SUBJECTS).get(about, about))
