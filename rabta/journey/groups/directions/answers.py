"""What officers answer to an instruction from their own telephone: a button, "1", "5" with words of their own, or
"2" with the answer that is asked for as proof (photos: `directions.photos`).

As with orders (`journey.orders.answering`): the number must be one officer's, who holds the post that the instruction
is addressed to, and where a sender can be forged nothing is done without the code.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hmac import compare_digest

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rabta.cases.models import Order, State
from rabta.cases.refusal import Refused
from rabta.channels.contract import Arrived
from rabta.channels.models import Account
from rabta.force.access import Scope, scope_of
from rabta.force.directory import Directory
from rabta.force.models import Officer
from rabta.groups.models import Hop
from rabta.intake.contents import Incoming
from rabta.journey.groups import talk_words
from rabta.journey.groups.directions import proving, relaying, telling
from rabta.journey.orders import answering
from rabta.journey.orders.answering import Reply
from rabta.journey.orders.for_desk import is_for_desk, only_names_police
from rabta.rules import answers as rule
from rabta.rules.answers import Act, Answer
from rabta.tasking import answers

ACTS = (Act.ACCEPT, Act.ONWARD, Act.DONE)


def take(
    incoming: Sequence[Incoming[Arrived]], *, directory: Directory, now: datetime
) -> list[Incoming[Arrived]]:
    """Carry out what officers answered to instructions; returns the messages that are something else, in order."""
    theirs = [one for one in incoming if answering.may_answer(one, directory)]
    if not theirs:
        return list(incoming)
    about = answering.about_quoted(theirs)
    taken = {id(one) for one in theirs if _answered(one, about, now=now)}
    return [one for one in incoming if id(one) not in taken]


def _answered(one: Incoming[Arrived], about: dict[bytes, str], *, now: datetime) -> bool:
    forgeable = answering.forgeable(one)
    code, text = rule.code_in(one.item.text) if forgeable else ("", one.item.text)
    quoted = about.get(answering.digest_quoted(one), "") if one.item.in_reply_to else ""
    said = _understood(text, pressed=one.item.choices.get("id", ""), quoted=quoted, coded=bool(code))
    if said is None or said.act not in ACTS or said.reference or (said.act == Act.DONE and not said.order):
        return False
    found = list(Officer.objects.filter(phone=one.item.sender.handle, is_active=True)[:2])
    if len(found) != 1:  # two officers with one number: nobody can say who it was
        return False
    by = scope_of(found[0], on=timezone.localdate(now))
    with translation.override(found[0].language):
        reply = _act(said, by, one.account, now=now, code=code if forgeable else None)
        if reply is None:
            return False
        answering.tell(one, reply, now=now)
    return not (said.act == Act.ACCEPT and talk_words.is_danger(said.words))  # a cry behind a number is heard


def _understood(text: str, *, pressed: str, quoted: str, coded: bool) -> Answer | None:
    """A button says it all; words may quote the letter, hold its code, or stand alone."""
    button = rule.of_key(pressed, prefix=telling.PREFIX)
    if button:
        return button
    if pressed:
        return None
    meant = rule.of_key(quoted, prefix=telling.PREFIX)
    if quoted and meant is None:  # an order, or another letter of ours
        return None
    said = rule.of_text(text, words=answers.words())
    if said is None or (not meant and said.act == Act.ACCEPT and said.words):
        return None
    if not (meant or coded) and is_for_desk(text) and not only_names_police(text):
        return None  # "Forward this: our DPO takes bribes"
    return replace(said, order=meant.order) if meant else said


def _act(said: Answer, by: Scope, account: Account, *, now: datetime, code: str | None) -> Reply | None:
    """Do it. None when no instruction waits that this could be about: then it was something else."""
    hop = _named(said, by, code=code)
    if isinstance(hop, Reply) or hop is None:
        return hop
    title = str(hop.direction)
    if code is not None and not compare_digest(code, telling.code_of(hop)):
        example = f"{rule.NUMBERS[said.act or Act.ACCEPT]} {telling.code_of(hop)}"
        text = _(
            "%(title)s: anybody can send an SMS in your name, so nothing was done. If it was you, write: %(example)s"
        )
        return Reply(text=text % {"title": title, "example": example})
    try:
        with transaction.atomic():
            return _do(said, hop, by, account, now=now, coded=code is not None)
    except Refused as refused:
        return Reply(text=f"{title}: {refused}")


def _do(said: Answer, hop: Hop, by: Scope, account: Account, *, now: datetime, coded: bool) -> Reply:
    values = {"title": str(hop.direction), "link": telling.link(hop)}
    if said.act == Act.ONWARD:
        relaying.pass_on(hop=hop, words=said.words, by=by, now=now)
        return Reply(text=_("%(title)s: passed on.") % values)
    if said.act == Act.DONE:
        proving.send(hop=hop, text=said.words, by=by, now=now)
        return Reply(text=_("%(title)s: your answer is with your superior.") % values, about=telling.key(hop))
    relaying.receive(hop=hop, by=by, now=now)
    text = (
        _("%(title)s: received. To pass it on, answer 5 and, if you like, words of your own. %(link)s")
        % values
    )
    text = "\n".join(filter(None, (text, telling.proof_words(hop, account))))
    if coded:
        text = f"{text}\n{telling.code_words(hop)}"
    return Reply(
        text=text,
        buttons=telling.buttons(hop=hop, acts=(Act.ONWARD,)),
        about=telling.key(hop),
    )


def _named(said: Answer, by: Scope, *, code: str | None) -> Hop | Reply | None:
    """The hop that is meant. One that is named must be his; otherwise the only one that is open, where no order is."""
    rows = Hop.objects.select_related("direction", "unit").filter(post__in=by.posts, told_at__isnull=False)
    if said.order:
        return rows.filter(public_id=said.order).first() or not_yours()
    open_ones = rows.filter(direction__ended_at=None, passed_at=None, alone_at=None).order_by(
        "-told_at", "-pk"
    )
    if code:
        return next((hop for hop in open_ones if compare_digest(code, telling.code_of(hop))), None)
    waiting = [hop for hop in open_ones if said.act == Act.ONWARD or not hop.received_at]
    if not waiting or _has_orders(by, said.act):
        return None
    if len(waiting) == 1:
        return waiting[0]
    lines = "\n".join(f"{hop.direction}: {telling.link(hop)}" for hop in waiting[:9])
    text = _(
        "Several instructions wait for you. Answer the message of the one that you mean, or open it here:"
    )
    return Reply(text=f"{text}\n{lines}")


def _has_orders(by: Scope, act: Act | None) -> bool:
    """Whether a bare number may be about an order, as `orders.answering` reads it: what was sent for information, or
    belongs to a closed case, is answered by nobody. One that is accepted is not accepted again."""
    states = [Order.State.ISSUED] + [Order.State.ACCEPTED] * (act != Act.ACCEPT)
    rows = Order.objects.filter(by.visible()).filter(post__in=by.posts, state__in=states)
    return rows.exclude(part=Order.Part.INFORM).exclude(case__state=State.CLOSED).exists()


def not_yours() -> Reply:
    """The same words whether there is no such instruction, or it is another post's."""
    return Reply(text=_("This instruction is not addressed to a post that you hold today. Nothing was done."))
