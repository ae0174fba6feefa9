"""Finding posts by name."""

from django.db.models import Q, QuerySet

from rabta.force.models import Post, Role

# Posts that take no orders: they sit at desks themselves, or are ordered by the head of their station.
NO_ORDERS = (
    Role.DESK_HEAD,
    Role.DESK_OPERATOR,
    Role.OVERSIGHT,
    Role.ADMINISTRATOR,
    Role.INQUIRY_OFFICER,
)


def named(text: str) -> QuerySet[Post]:
    """Posts that can be ordered with this text in their name or their unit's, in any language."""
    wanted = Q()
    for name in ("name", "name_hi", "name_ur", "code"):
        wanted |= Q(**{f"{name}__icontains": text}) | Q(**{f"unit__{name}__icontains": text})
    rows = Post.objects.exclude(role__in=NO_ORDERS).filter(wanted)
    return rows.select_related("unit").order_by("name", "id")
