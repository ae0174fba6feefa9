"""Choosing the posts that get an order: what the order forms of desk and supervisor look up and hand in."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rabta.cases.models import Order
from rabta.cases.refusal import Refused
from rabta.force import chain as force_chain
from rabta.force import directory
from rabta.force.access import TAKES_ORDERS, Permission, Scope
from rabta.force.models import Post
from rabta.force.names import listed
from rabta.journey import Choice
from rabta.journey.orders import informing
from rabta.web.guard import needs

MOST = 12
RECENT = 6
LOOKED_BACK = 40  # orders of the officer in which recent posts are looked for


def choices(request: HttpRequest) -> list[Choice]:
    """The posts of the form, each with its part and its own words. Raises Refused for what is no post."""
    ids, parts, words = (request.POST.getlist(name) for name in ("post", "part", "instruction"))
    rows = list(zip(ids, parts + [""] * len(ids), words + [""] * len(ids), strict=False))
    found = Post.objects.in_bulk([post for post, _part, _words in rows if post], field_name="public_id")
    if not found or any(post and post not in found for post in ids):
        raise Refused(_("Choose the post that should get the order."))
    proof = request.POST.get("proof") == "yes"
    return [
        Choice(
            post=found[post],
            part=part,
            instruction=instruction,
            proof=proof,
            proof_words=request.POST.get("proof_words", ""),
        )
        for post, part, instruction in rows
        if post
    ]


def recent(scope: Scope) -> list[Post]:
    """The posts that the officer ordered last, the latest first. One query."""
    rows = Order.objects.filter(scope.visible(), issued_by=scope.officer).select_related("post__unit")
    posts = (order.post for order in rows.order_by("-issued_at")[:LOOKED_BACK])
    return list({post.pk: post for post in posts}.values())[:RECENT]


def named(text: str) -> QuerySet[Post]:
    """Posts that can be ordered with this text in their name or their unit's, in any language."""
    wanted = Q()
    for name in ("name", "name_hi", "name_ur", "code"):
        wanted |= Q(**{f"{name}__icontains": text}) | Q(**{f"unit__{name}__icontains": text})
    rows = Post.objects.filter(wanted, role__in=TAKES_ORDERS)
    return rows.select_related("unit").order_by("name", "id")


@require_GET
@needs(Permission.ORDER)
def posts(request: HttpRequest) -> HttpResponse:
    """Posts that can be ordered, by their name or their unit's; who stands in for a vacant one, who is told besides.

    Without a text, the last ones that the officer ordered.
    """
    text = request.GET.get("q", "").strip()[:60]
    found = list(named(text)[:MOST]) if len(text) >= 2 else recent(request.scope)
    force = directory.current(now=timezone.now())
    addressees = [(post, force_chain.addressee_of(post, directory=force)) for post in found]
    lines = [(post, to, told_besides(to.post, by=request.scope) if to else None) for post, to in addressees]
    return render(request, "parts/posts_found.html", {"lines": lines, "text": text})


def told_besides(post: Post, *, by: Scope) -> Post | None:
    """Who is told for information when this post leads an ordinary matter; nobody when he gives the order himself."""
    to = informing.superior_of(post.unit_id, directory=directory.current(now=timezone.now()))
    if to is None or to.post.pk == post.pk or by.officer.pk in {holder.officer_id for holder in to.holders}:
        return None
    return to.post


def said(made: Sequence[Order]) -> str:
    """What the officer reads of the orders that he gave."""
    ordered, told = (
        listed(order.post for order in made if (order.part == Order.Part.INFORM) == inform)
        for inform in (False, True)
    )
    words = [_("Ordered: %(post)s.") % {"post": ordered}] if ordered else []
    words += [_("For information: %(post)s.") % {"post": told}] if told else []
    return " ".join(words)
