"""Orders by public posts: a commander repeats, quotes or answers a post, and the unit that must act has an order.

Who commands is said by the register of own accounts, and by the register of the force's accounts, of which some are
held by a post. Somebody who only has a commander's name is a stranger.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from rabta.cases.arrival import provider_digest
from rabta.cases.events import Actor, record
from rabta.cases.locking import lock
from rabta.cases.models import Case, Message, Order, State
from rabta.cases.refusal import Refused
from rabta.cases.secret_matters import closer
from rabta.cases.visibility import hears
from rabta.channels.contract import Arrived, Relation
from rabta.channels.models import Account
from rabta.desk import notices, shifts
from rabta.force import access
from rabta.force import directory as force_directory
from rabta.force.access import PERMISSIONS, SERVES_PARENT, Permission
from rabta.force.directory import Directory
from rabta.force.models import Officer, OwnAccount, Post
from rabta.force.naming import units_named
from rabta.intake.effects import remember
from rabta.intake.reading import Incoming
from rabta.journey.arriving import judge
from rabta.journey.checks import is_open
from rabta.journey.dispatch import dispatch
from rabta.journey.orders.held_up import case_of_its_own
from rabta.journey.orders.informing import addressed_twice
from rabta.journey.orders.urging import standing, urge
from rabta.journey.protecting.withheld import is_placed
from rabta.kit.mentions import mentioned
from rabta.outbox.posting import Outgoing, post
from rabta.people.handles import digest_of
from rabta.rules.command import Command, command
from rabta.tasking.notify import nearest_account, sending_accounts
from rabta.tasking.orders import Part

Posts = Sequence[Incoming[Arrived]]
COMMANDS = frozenset(
    role for role, may in PERMISSIONS.items() if Permission.ORDER in may and role not in SERVES_PARENT
)


@dataclass(frozen=True)
class Commander:
    """Whose word a post is, and the posts that he speaks for there. `official`: from the force's own account."""

    officer_id: int
    posts: tuple[Post, ...]
    official: bool


def take(incoming: Posts, *, now: datetime, open_case: Callable[[Posts], None]) -> Posts:
    """Turn the posts of commanders into orders; returns what is left to be read as any other message.

    A repost of anybody else says nothing new, and what the force's own accounts hold up opens no case.
    """
    about = [one for one in incoming if one.item.public and one.item.about]
    if not about:
        return incoming
    directory = force_directory.current(now=now)
    ours = _own(about)
    commanders = _commanders(about, ours, directory)
    left = []
    for one in incoming:
        if not (one.item.public and one.item.about):
            left.append(one)
        elif (commander := commanders.get(_writer(one))) and not _is_ours(one, ours):
            _carry_out(one, commander, directory=directory, now=now, open_case=open_case)
        elif _writer(one) not in ours and one.item.about.relation != Relation.REPOST:
            left.append(one)
    return left


def _writer(one: Incoming[Arrived]) -> tuple[str, str]:
    return one.item.sender.scheme, one.item.sender.handle


def _is_ours(one: Incoming[Arrived], ours: dict[tuple[str, str], Account]) -> bool:
    """Whether the post that it is about is of the force itself."""
    author = one.item.about.author if one.item.about else None
    return author is not None and (author.scheme, author.handle) in ours


def _own(about: Posts) -> dict[tuple[str, str], Account]:
    """The force's accounts among writers and written about, by (scheme, number)."""
    senders = {_writer(one) for one in about}
    senders |= {(a.scheme, a.handle) for one in about if one.item.about and (a := one.item.about.author)}
    kinds = {one.account.channel for one in about}
    rows = Account.objects.filter(channel__in=kinds, external_id__in={handle for _scheme, handle in senders})
    schemes = {one.account.channel: one.item.sender.scheme for one in about}
    return {(schemes[row.channel], row.external_id): row for row in rows.select_related("holder")}


def _commanders(
    about: Posts, ours: dict[tuple[str, str], Account], directory: Directory
) -> dict[tuple[str, str], Commander]:
    """Those of the writers who command anything today."""
    writers = {_writer(one) for one in about}
    wanted = Q(pk=None)
    for scheme, handle in sorted(writers):
        wanted |= Q(scheme=scheme, handle=handle)
    found = {}
    for own in OwnAccount.objects.filter(wanted, ended_at=None).select_related("post"):
        found[own.scheme, own.handle] = _commander(own.officer_id, own.post, False, directory)
    for key in writers & ours.keys():
        if ours[key].holder:
            found[key] = _commander(None, ours[key].holder, True, directory)
    return {key: commander for key, commander in found.items() if commander}


def _commander(
    officer_id: int | None, own: Post | None, official: bool, directory: Directory
) -> Commander | None:
    """Of an officer all his posts of command, of a post itself and whoever holds it today."""
    held: Sequence[Post] = directory.posts_of(officer_id) if officer_id else ()
    if own is not None:
        holder = next(iter(directory.holders(own.pk)), None)
        officer_id, held = (holder.officer_id if holder else None), (own,)
    posts = tuple(each for each in held if each.role in COMMANDS)
    return Commander(officer_id, posts, official) if officer_id and posts else None


def _carry_out(
    one: Incoming[Arrived],
    commander: Commander,
    *,
    directory: Directory,
    now: datetime,
    open_case: Callable[[Posts], None],
) -> None:
    """Order what the post says, or tell the commander that the desk will ask."""
    found = _known(one) or _opened(one, open_case, now=now)
    post_meant = _as_it_is(found, one) if found else None
    if post_meant is None or post_meant.case is None:
        _tell(one, commander, directory=directory, now=now)
        return
    joined = post_meant.case
    case = _its_own(post_meant, joined, commander, now=now)
    decided = decide(case, words=one.item.text, commander=commander, directory=directory, joined=joined)
    actor = Actor(officer_id=commander.officer_id, post_id=_under(commander, decided, directory).pk)
    data = {"link": one.item.link, "relation": one.item.about.relation.value if one.item.about else ""}
    try:
        with transaction.atomic():
            _order(case, decided, one, actor, commander, directory=directory, now=now)
            record(case, "commanded", now=now, actor=actor, **data)
    except Refused:
        why = decided.why_not.value if decided.why_not else "refused"
        if case.state == State.NEW and not case.withheld:
            case.waiting_why = {"code": f"command_{why}", "post": _under(commander, decided, directory).name}
        else:  # it does not come to the desk's list of what to decide
            _ask_desk(case, one, directory=directory, now=now)
        case.changed_at = now
        case.save(update_fields=["waiting_why", "changed_at"])
        record(case, "command_refused", now=now, actor=actor, **data)
        _tell(one, commander, directory=directory, now=now)
    _keep_words(case, one, actor, now=now)


def _known(one: Incoming[Arrived]) -> Message | None:
    """The other post, where it is in a case, whichever of our accounts it came to."""
    about = one.item.about
    accounts = Account.objects.filter(channel=one.account.channel).values_list("pk", flat=True)
    digests = [provider_digest(account, about.provider_id) for account in accounts if about]
    rows = Message.objects.filter(provider_digest__in=digests, direction=Message.Direction.IN)
    return rows.exclude(case=None).select_related("case").order_by("-id").first()


def _as_it_is(found: Message, one: Incoming[Arrived]) -> Message | None:
    """The post with its case of now, which is locked: the desk may have taken the post out of the one found first."""
    post_now: Message | None = found
    while post_now and (cases := lock([post_now.case_id or 0])):
        post_now = _known(one)
        if post_now and post_now.case_id in cases:
            post_now.case = cases[post_now.case_id]
            return post_now
    return None


def _its_own(post_meant: Message, joined: Case, commander: Commander, *, now: datetime) -> Case:
    """The case to be ordered: that of the post alone, else the one that it joined, or of which that is a part.

    What has ended, or is kept from the commander, stays as it is.
    """
    head = Case.objects.filter(pk=joined.part_of_id or 0).first()
    matter = closer(joined, head)
    try:
        is_open(matter)
        for case in (joined, matter):
            _may_know(case, commander, now=now)
    except Refused:
        return matter
    own = case_of_its_own(post_meant, case=joined, officer_id=commander.officer_id, now=now)
    return matter if own == joined else own


def _opened(one: Incoming[Arrived], open_case: Callable[[Posts], None], *, now: datetime) -> Message | None:
    """Take the other post in, as if it had come by itself; should it come later, it is known."""
    about = one.item.about
    if about is None or about.author is None or not about.text.strip():
        return None
    item = Arrived(
        account=one.item.account,
        key=f"message:{about.provider_id}",
        provider_id=about.provider_id,
        sender=about.author,
        kind="text",
        text=about.text,
        public=True,
        link=about.link,
        unaddressed=one.account.address.lstrip("@").lower() not in mentioned(about.text),
    )
    other = Incoming(
        account=one.account,
        item=item,
        journal_id=one.journal_id,
        position=one.position,
        received_at=one.received_at,
    )
    new, _seen = remember([other], now=now)
    if new:
        open_case([other])
    return _known(one)


def decide(
    case: Case, *, words: str, commander: Commander, directory: Directory, joined: Case | None = None
) -> Command:
    """Whom the words order on this case. Where it does not say what it is about, it had `joined` what it belongs to."""
    own = {post.unit_id for post in commander.posts}
    above = {unit for post in commander.posts for unit in directory.path(post.unit_id)}
    return command(
        commanded=frozenset().union(*(directory.below(unit) for unit in own)),
        above=above,
        named=units_named(words, directory=directory, accounts=_names_of_units(directory)),
        lead=_lead(joined if joined and not case.category else case, directory),
        paths={pk: unit.path for pk, unit in directory.units.items()},
    )


def _lead(case: Case, directory: Directory) -> int | None:
    """The unit that leads, or would."""
    if case.lead_unit_id:
        return case.lead_unit_id
    decided = judge.route(case, texts=judge.texts_of(case), directory=directory)
    return decided.lead.post.unit_id if decided.lead else None


def _names_of_units(directory: Directory) -> dict[str, int]:
    """Units by the @names of their accounts, and of the own accounts of their posts and officers."""
    found = {a.address: a.unit_id for a in Account.objects.filter(address__startswith="@")}
    for own in OwnAccount.objects.filter(ended_at=None).select_related("post"):
        held = directory.posts_of(own.officer_id or 0)
        first = own.post or next(iter(held), None)
        if first:
            found[own.name] = first.unit_id
    return {name.lstrip("@").lower(): unit for name, unit in found.items()}


def _under(commander: Commander, decided: Command, directory: Directory) -> Post:
    """The post under which he commands the unit; his first one where there is none."""
    fitting = (p for p in commander.posts if decided.unit in directory.below(p.unit_id))
    return next(fitting, commander.posts[0])


def _order(
    case: Case,
    decided: Command,
    one: Incoming[Arrived],
    actor: Actor,
    commander: Commander,
    *,
    directory: Directory,
    now: datetime,
) -> None:
    """Order the unit, or urge it where it leads already. Raises Refused when this post cannot order this case."""
    is_open(case)
    is_placed(case, now=now)
    _may_know(case, commander, now=now)
    addressee = directory.addressee(decided.unit) if decided.unit else None
    if addressee is None:
        raise Refused(_("Nobody holds a post that could take the order."))
    under = _under(commander, decided, directory)
    why = {"code": "by_post", "post": under.name}
    words = one.item.text.strip()
    order = standing(case, units={decided.unit or 0, addressee.post.unit_id})
    if order:
        urge(order, words=words, why=why, actor=actor, by=under.name, directory=directory, now=now)
        return
    lead = Part(addressee, Order.Part.LEAD.value, why, instruction=words)
    parts = addressed_twice(case, [lead], actor=actor, directory=directory, now=now)
    dispatch(case, parts, actor=actor, now=now)


def _may_know(case: Case, commander: Commander, *, now: datetime) -> None:
    """What is kept from him, he cannot order; what is withheld only who may order it on a page as well."""
    by = access.scope_of(Officer.objects.get(pk=commander.officer_id), on=now.date())
    kept = bool(by.shut_out_as & set(case.hidden_from))
    if kept or ((case.withheld or case.confidential) and not by.may(Permission.ORDER, case)):
        raise Refused(_("This case cannot be ordered by a public post."))


def _ask_desk(case: Case, one: Incoming[Arrived], *, directory: Directory, now: datetime) -> None:
    """Let the desk know of an order that it has to give, or to ask about, in a case that is closed or has a lead."""
    asked = (officer.pk for officer in shifts.operators(case.desk_unit_id, now=now))
    readers = [pk for pk in asked if hears(pk, case, directory=directory)]
    notices.tell(readers, "command", key=f"command:{one.journal_id}:{one.position}", case=case, now=now)


def _keep_words(case: Case, one: Incoming[Arrived], actor: Actor, *, now: datetime) -> None:
    """The post stands in the conversation, as its writer's."""
    Message.objects.create(
        conversation=case.conversation,
        case=case,
        direction=Message.Direction.NOTE,
        text=one.item.text,
        author_id=actor.officer_id,
        author_post_id=actor.post_id,
        public=True,
        link=one.item.link[:300],
        about=one.item.about.relation.value if one.item.about else "",
        provider_digest=provider_digest(one.account.pk, one.item.provider_id),
        sent_at=one.item.sent_at,
        received_at=now,
        visible_to=case.visible_to,
        hidden_from=case.hidden_from,
    )


def _tell(one: Incoming[Arrived], commander: Commander, *, directory: Directory, now: datetime) -> None:
    """One sentence, the same whatever the reason: it must not tell of a case that is kept from him."""
    officer = Officer.objects.get(pk=commander.officer_id)
    with translation.override(officer.language):
        text = _(
            "Your public post could not be made into an order by itself. The desk has it and will ask you."
        )
    account, number = one.account, one.item.sender.address
    if commander.official or not number:
        path = directory.path(commander.posts[0].unit_id)
        nearest, number = nearest_account(sending_accounts(), path=path), officer.phone
        if nearest is None or not number:
            return
        account = nearest
    scheme = "phone" if number == officer.phone else one.item.sender.scheme
    letter = Outgoing(
        account=account,
        number=number,
        address_digest=digest_of(scheme=scheme, handle=number),
        text=text,
        visible_to=[],
    )
    post([letter], now)
