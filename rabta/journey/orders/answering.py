"""What officers answer to their orders from their own telephone, by button or by words, over any channel.

The number must be that of one officer who serves today, and he must hold the ordered post: the verbs of
`journey.orders.officer` check it as they do for the pages. Where a sender can be forged (SMS), an answer does
nothing without the code of its order, which only the letters to that post's holders tell; whoever forged the
number does not read it. Whatever cannot be done is answered with a sentence that says why.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from hmac import compare_digest

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rabta.cases.models import Order, Outcome, State
from rabta.cases.refusal import Refused
from rabta.channels.contract import Arrived, Button
from rabta.channels.registry import BY_KIND
from rabta.force.access import Permission, Scope, scope_of
from rabta.force.directory import Directory
from rabta.force.models import Officer
from rabta.intake.contents import Incoming
from rabta.journey.deciding import desk
from rabta.journey.orders import chain, officer
from rabta.journey.orders.for_desk import is_for_desk, only_names_police
from rabta.outbox import receipts, windows
from rabta.outbox.models import Delivery
from rabta.outbox.posting import Outgoing, post
from rabta.people.handles import digest_of
from rabta.rules import answers as rule
from rabta.rules.answers import Act, Answer
from rabta.tasking import answers
from rabta.tasking.mine import mine
from rabta.tasking.notify import code_words, link
from rabta.triage.assess import assess

OPEN = {
    Act.ACCEPT: (Order.State.ISSUED,),
    Act.WAY: (Order.State.ISSUED, Order.State.ACCEPTED),
    Act.ONWARD: (Order.State.ISSUED, Order.State.ACCEPTED),
    Act.DONE: (Order.State.ISSUED, Order.State.ACCEPTED),
    Act.RETURN: (Order.State.ISSUED, Order.State.ACCEPTED, Order.State.REPORTED),
    Act.SAY: (Order.State.ISSUED, Order.State.ACCEPTED, Order.State.REPORTED),
}
QUESTIONS = frozenset({Act.DONE, Act.RETURN})  # what we ask words for
WORDS = QUESTIONS | {Act.SAY}  # letters that ask for words, or answer them
BEYOND = (Act.ACCEPT, Act.WAY)  # nothing more need be said with it
WORKING = (Order.State.ISSUED, Order.State.ACCEPTED, Order.State.REPORTED)
MOST_OFFERED = 9
MOST_LETTERS = 20


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the officer reads, what can be pressed under it, and what an answer to it is about."""

    text: str
    buttons: tuple[Button, ...] = ()
    about: str = ""
    order: Order | None = None


def take(
    incoming: Sequence[Incoming[Arrived]], *, directory: Directory, now: datetime
) -> list[Incoming[Arrived]]:
    """Carry out what officers answered to orders; returns the messages that are something else, in order."""
    theirs = [one for one in incoming if may_answer(one, directory)]
    if not theirs:
        return list(incoming)
    about = about_quoted(theirs)
    taken = {id(one) for one in theirs if _answered(one, about, now=now)}
    return [one for one in incoming if id(one) not in taken]


def may_answer(one: Incoming[Arrived], directory: Directory) -> bool:
    """Whether it comes from an officer's own telephone, over a channel on which he can be answered."""
    sender = one.item.sender
    known = sender.scheme == "phone" and sender.handle in directory.officer_phones
    return known and not one.item.public and BY_KIND[one.account.channel].send is not None


def about_quoted(theirs: Sequence[Incoming[Arrived]]) -> dict[bytes, str]:
    """What the quoted letters of ours are about, by the digest of the provider's id. One query, or none."""
    digests = {digest_quoted(one) for one in theirs if one.item.in_reply_to}
    rows = Delivery.objects.filter(provider_digest__in=digests).exclude(about="") if digests else ()
    return {bytes(row.provider_digest or b""): row.about for row in rows}


def digest_quoted(one: Incoming[Arrived]) -> bytes:
    """Of the provider's id that a message quotes."""
    return receipts.provider_digest(account_id=one.account.pk, provider_id=one.item.in_reply_to)


def _answered(one: Incoming[Arrived], about: dict[bytes, str], *, now: datetime) -> bool:
    """Whether this was an answer to an order; then it is carried out and answered."""
    meant = _meant(one, about)
    code, text = rule.code_in(one.item.text) if forgeable(one) else ("", one.item.text)
    item = replace(one.item, text=text) if code else one.item
    said = _understood(item, meant, coded=bool(code))
    if said is None:
        return False
    who = officer_of(one)
    if who is None:
        return False
    scope = scope_of(who, on=timezone.localdate(now))
    with translation.override(who.language):
        reply = _act(said, scope, now=now, code=code if forgeable(one) else None)
        if reply is None:
            return False
        tell(one, reply, now=now)
    return not (said.act in BEYOND and is_for_desk(said.words))  # what was said beyond it is heard, too


def are_for_desk(one: Incoming[Arrived]) -> bool:
    """Whether an officer's words under a photo are the desk's, and the photo with them: they may cry for help or
    accuse, and neither report what was done, quoting the order, nor answer a question of ours."""
    if not is_for_desk(one.item.text):
        return False
    said = _understood(one.item, _meant(one, about_quoted([one])), coded=False)
    return said is None or said.act in BEYOND


def _meant(one: Incoming[Arrived], about: dict[bytes, str]) -> Answer | None:
    """What the letter asks for that it quotes; without one, the question that counts still."""
    return rule.of_key(about.get(digest_quoted(one), "")) if one.item.in_reply_to else meant_lately(one)


def forgeable(one: Incoming[Arrived]) -> bool:
    """Whether anybody can write there in another's name."""
    return BY_KIND[one.account.channel].forgeable


def officer_of(one: Incoming[Arrived]) -> Officer | None:
    """Whose telephone it is; None where two officers have the number: nobody can say who it was."""
    found = list(Officer.objects.filter(phone=one.item.sender.handle, is_active=True)[:2])
    return found[0] if len(found) == 1 else None


def meant_lately(one: Incoming[Arrived], *, acts: Set[Act] = QUESTIONS) -> Answer | None:
    """What one of our questions asks for that counts still without being quoted; with other `acts`, the order that the
    letter was about which stands for them."""
    digest = digest_of(scheme="phone", handle=one.item.sender.handle)
    rows = Delivery.objects.filter(about__startswith=f"{rule.PREFIX}:", address_digest=digest)
    lately = rows.filter(queued_at__gt=one.received_at - rule.COUNTS_FOR).exclude(about=rule.HOW)
    return rule.meant_lately(
        list(lately.order_by("-id").values_list("about", flat=True)[:MOST_LETTERS]), acts=acts
    )


def _understood(item: Arrived, meant: Answer | None, *, coded: bool) -> Answer | None:
    """A button says it all. Words may begin with the act, or say what the letter that is `meant` asks for.

    `coded`: they held the code of an order, which says which one is meant. Where nothing says it, what may be a cry for
    help or an accusation is the desk's, whatever it begins with: Manzoor is a name, too. What names the police and no
    misdeed (“Accepted, ASI Gul goes there”) may accept as well.
    """
    pressed = rule.of_key(item.choices.get("id", ""))
    if pressed:
        return pressed
    said = rule.of_text(item.text, words=answers.words())
    if said is None or said.act is None:
        return _plain(item, meant, reference=said.reference if said else "", coded=coded)
    named = coded or said.reference or (meant and item.in_reply_to)
    if not named and is_for_desk(item.text) and not (said.act in BEYOND and only_names_police(item.text)):
        return None
    other = meant is not None and meant.act in QUESTIONS - {said.act}
    if not said.sure and not coded and (other or (not meant and _is_news(said, item.text))):
        return _plain(item, meant, reference="", coded=False)  # "3 men arrested" is what was done
    if meant and (item.in_reply_to or (meant.act == said.act and not said.reference)):
        return Answer(act=said.act, words=said.words, order=meant.order)
    return said


def _plain(item: Arrived, meant: Answer | None, *, reference: str, coded: bool) -> Answer | None:
    """Words without an act answer the letter that is meant, or are about the order that they name.

    None for what is forwarded, for a caption unless it answers a question, and for what may be a cry for help or an
    accusation: that is the desk's, but where he quotes a question of ours.
    """
    words, quotes = item.text.strip(), bool(item.in_reply_to)
    if not words or item.forwarded or not (meant or reference or coded):
        return None
    asked = meant is not None and meant.act in QUESTIONS
    if (not asked and item.kind != "text") or (not (asked and quotes) and is_for_desk(words)):
        return None
    if meant is None:
        return Answer(act=Act.SAY, words=words, reference=reference)
    return Answer(act=meant.act if asked else Act.SAY, words=words, order=meant.order)


def _is_news(said: Answer, text: str) -> bool:
    """Whether a number and more words tell of something new: "3 shops were robbed", "1 person is hurt"."""
    return said.act in (Act.ACCEPT, Act.WAY) or bool(assess(text).category)


def _act(said: Answer, by: Scope, *, now: datetime, code: str | None) -> Reply | None:
    """Do it. None when the officer has no order that this could be about: then it was something else.

    `code`: what the answer held, where its sender could be forged; None where the provider vouches for him.
    """
    order = (_of_code(code, by) if code else None) or _order(said, by)
    if isinstance(order, Reply) or order is None:
        return order if order or said.words else _nothing_open()
    if code is not None and not compare_digest(code, answers.code_of(order)):
        return _without_code(said, order)
    try:
        with transaction.atomic():
            reply = _do(said, order, by, now=now)
    except Refused as refused:
        return Reply(text=f"{order.case.reference}: {refused}", order=order)
    if reply is None or code is None or not _asks(reply):
        return reply
    return replace(reply, text=f"{reply.text}\n{code_words(order)}")


def _asks(reply: Reply) -> bool:
    """Whether something is to be answered to it."""
    about = rule.of_key(reply.about)
    return bool(reply.buttons) or (about is not None and about.act in QUESTIONS)


def _do(said: Answer, order: Order, by: Scope, *, now: datetime) -> Reply | None:
    """None for words that can be put nowhere: then they are a message to the desk."""
    reference = order.case.reference
    values = {"reference": reference, "link": link(order)}
    if said.act == Act.SAY and not is_being_done(order):
        return _noted(said.words, order, by, now=now)
    if said.act == Act.ACCEPT:
        officer.accept(order=order, by=by, now=now)
        _keep_words(said.words, order, by, now=now)
        if order.on_its_way:
            text = _("%(reference)s: received. To pass it on to those below, answer 5.") % values
            return _next(order, text, Act.ONWARD, Act.RETURN)
        text = (
            _(
                "%(reference)s: accepted. When it is done, reply to this message with what was done, or write 2 and"
                " that. %(link)s"
            )
            % values
        )
        return _next(order, text, Act.WAY, Act.DONE, Act.RETURN)
    if said.act == Act.WAY:
        officer.on_the_way(order=order, by=by, now=now)
        _keep_words(said.words, order, by, now=now)
        return _next(order, _("%(reference)s: noted that you are on the way.") % values, Act.DONE, Act.RETURN)
    if said.act == Act.ONWARD:
        made = chain.pass_on(order=order, words=said.words, by=by, now=now)
        values["post"] = str(made.post)
        return Reply(text=_("%(reference)s: passed on to %(post)s.") % values, order=order)
    if said.act in (Act.DONE, Act.SAY):
        officer.is_to_act(order)
        if not said.words:
            text = _("%(reference)s: what was done? Write 2 and then, in a few words, what was done.")
            return Reply(text=text % values, about=rule.key_of(order.public_id, Act.DONE), order=order)
        sent = officer.report(order=order, text=said.words, outcome=Outcome.ACTION_TAKEN, by=by, now=now)
        if sent.waits:
            text = _("%(reference)s: your report is with your station in-charge. Photos: %(link)s")
        else:
            text = _("%(reference)s: your report is with your superior. Photos can be added here: %(link)s")
        return Reply(text=text % values, about=rule.key_of(order.public_id, Act.SAY), order=order)
    if not said.words:
        text = _("%(reference)s: why do you return it? Write 3 and then the reason.") % values
        return Reply(text=text, about=rule.key_of(order.public_id, Act.RETURN), order=order)
    officer.return_order(order=order, reason=said.words, by=by, now=now)
    return Reply(text=_("%(reference)s: returned. The desk reads your reason.") % values, order=order)


def _next(order: Order, text: str, *acts: Act) -> Reply:
    return Reply(
        text=text,
        buttons=answers.buttons(order, *acts),
        about=rule.key_of(order.public_id),
        order=order,
    )


def is_being_done(order: Order) -> bool:
    """Whether plain words about it are what was done."""
    return order.state == Order.State.ACCEPTED and not order.on_its_way


def _noted(words: str, order: Order, by: Scope, *, now: datetime) -> Reply | None:
    """Plain words about an order that nobody works on yet, or that is reported on."""
    if not by.may(Permission.SEE_CASES, order.case):
        return None
    desk.note(case=order.case, text=words, by=by, now=now)
    text = _("%(reference)s: your words are noted on the case. They are no report and no other answer.")
    buttons = answers.first_buttons(order) if order.state == Order.State.ISSUED else ()
    about = rule.key_of(order.public_id, Act.SAY)
    return Reply(text=text % {"reference": order.case.reference}, buttons=buttons, about=about, order=order)


def _keep_words(words: str, order: Order, by: Scope, *, now: datetime) -> None:
    """What was said beyond the act stays with the case, as a note, where the officer may write one."""
    if words and by.may(Permission.SEE_CASES, order.case) and not is_for_desk(words):
        desk.note(case=order.case, text=words, by=by, now=now)


def _order(said: Answer, by: Scope) -> Order | Reply | None:
    """The order that is meant; a Reply where that is not clear or not his; None when he has none."""
    if said.act == Act.SAY:
        return _named(said, by)
    rows = _his(by)
    if said.order:
        found = rows.filter(public_id=said.order).first()
        return in_its_place(found, rows) if found else not_yours()
    working = rows.exclude(part=Order.Part.INFORM).exclude(case__state=State.CLOSED)
    if said.reference:
        named = rows.filter(case__reference=said.reference).exclude(part=Order.Part.INFORM)
        return named.order_by("-id").first() or not_yours()
    open_ones = list(working.filter(state__in=WORKING).order_by("-id")[: MOST_OFFERED + 1])
    assert said.act is not None
    fitting = [order for order in open_ones if order.state in OPEN[said.act]]
    if len(fitting) == 1 or (len(open_ones) == 1 and not fitting):
        return (fitting or open_ones)[0]
    return _which(said, fitting or open_ones) if open_ones else None


def _his(by: Scope) -> QuerySet[Order]:
    return Order.objects.filter(by.visible()).filter(mine(by)).select_related("case", "post", "goal")


def _named(said: Answer, by: Scope) -> Order | None:
    """The order that plain words name; words about none of his are something else."""
    if said.order:
        order = _his(by).filter(public_id=said.order).first()
        return in_its_place(order, _his(by)) if order else None
    named = _his(by).filter(case__reference=said.reference) if said.reference else Order.objects.none()
    return named.exclude(part=Order.Part.INFORM).order_by("-id").first()


def in_its_place(order: Order, his: QuerySet[Order]) -> Order:
    """The order, or the one among `his` that was given in its place on the same case: its letter may be pressed."""
    if order.state != Order.State.REPLACED:
        return order
    rows = his.filter(case=order.case_id, part=order.part, state__in=WORKING, id__gt=order.pk)
    return rows.order_by("-id").first() or order


def _of_code(code: str, by: Scope) -> Order | None:
    """The order that goes by this code, among those that the officer works on."""
    working = _his(by).filter(state__in=WORKING).exclude(part=Order.Part.INFORM).order_by("-id")
    return next((order for order in working if compare_digest(code, answers.code_of(order))), None)


def _without_code(said: Answer, order: Order) -> Reply:
    """Nothing was done: the code goes to the officer's own telephone, which whoever forged his number does not have."""
    act = said.act if said.act in rule.NUMBERS else Act.DONE
    example = f"{rule.NUMBERS[act]} {answers.code_of(order)}"
    text = _(
        "%(reference)s: anybody can send an SMS in your name, so nothing was done. If it was you, write: %(example)s"
    )
    return Reply(text=text % {"reference": order.case.reference, "example": example}, order=order)


def not_yours() -> Reply:
    """The same words whether there is no such order, it is hidden, or it is another post's."""
    return Reply(text=_("This order is not addressed to a post that you hold today. Nothing was done."))


def _nothing_open() -> Reply:
    return Reply(text=_("You have no open order. To tell the desk something, write it in a sentence."))


def _which(said: Answer, orders: Sequence[Order]) -> Reply:
    """Several are open: the officer names one."""
    assert said.act is not None
    offered = orders[:MOST_OFFERED]
    number = rule.NUMBERS[said.act]
    lines = "\n".join(f"{number} {order.case.reference}" for order in offered)
    if said.words:
        text = _("You have several orders. Write it again with the reference number, one of these:")
        return Reply(text=f"{text}\n{lines}")
    text = _("You have several orders. Which one? Write one of these lines:")
    return Reply(text=f"{text}\n{lines}")


def tell(one: Incoming[Arrived], reply: Reply, *, now: datetime) -> None:
    """Answer over the account that was written to, which the officer's words have just opened."""
    number = one.item.sender.handle
    digest = digest_of(scheme="phone", handle=number)
    windows.wrote([(one.account.pk, digest, one.received_at)])
    letter = Outgoing(
        account=one.account,
        number=number,
        address_digest=digest,
        text=reply.text,
        buttons=reply.buttons,
        about=reply.about or (rule.key_of(reply.order.public_id) if reply.order else ""),
        priority=Delivery.Priority.URGENT,
        visible_to=reply.order.visible_to if reply.order else [],
        hidden_from=reply.order.hidden_from if reply.order else [],
    )
    post([letter], now)
