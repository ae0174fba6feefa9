"""A post that a commander holds up is a matter of its own, also where it had joined another of its writer's.

Pieces join the open case of whoever writes them (`rabta.rules.threading`), and a case has one lead. Were it left at
that, the order for a burglary would land on the same person's theft, and the next one would take its place.
"""

from datetime import datetime

from rabta.cases.events import Actor
from rabta.cases.models import Case, Message
from rabta.cases.related import Link
from rabta.journey.matters.splitting import make_own
from rabta.replying import acknowledge
from rabta.replying.letters import say

SPLITTER = Actor(system_reason="a commander held up this post")


def case_of_its_own(post: Message, *, case: Case, officer_id: int, now: datetime) -> Case:
    """The (locked) case of the post: the one that it opened, or in which it replies to somebody; else a new one, made
    of it and of what replies to it there, and linked with the one that it leaves, unless its writer is hidden there.
    Who wrote it is told its number."""
    said = list(case.messages.filter(direction=Message.Direction.IN).order_by("id"))
    here = {one.pk for one in said}
    if not post.public or said[0].pk == post.pk or post.in_reply_to_id in here:
        return case
    chosen = {post.pk}
    for one in said:  # a reply comes after what it replies to
        if one.in_reply_to_id in chosen:
            chosen.add(one.pk)
    own = make_own([one for one in said if one.pk in chosen], actor=SPLITTER, now=now)
    if not own.author_alias:  # a link would tell who is hidden in the other one
        Link.objects.create(one=case, other=own, why={"code": "held_up"}, officer_id=officer_id, at=now)
    say([acknowledge.of_case(own, asks_place=False, post=post)], now=now)
    return own
