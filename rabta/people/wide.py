"""Officers whose sign-in opens much: for theirs one administrator is not enough."""

from datetime import date

from rabta.force.access import current_postings, is_wide
from rabta.people.models import Keyholder


def wide_officers(*, on: date) -> frozenset[int]:
    """Ids of those who hold a post with wide rights on a day, or a key to sealed names."""
    held = current_postings(on=on).values_list("officer_id", "post__role", "post__unit__path")
    wide = {officer for officer, role, path in held if is_wide(role, depth=len(path))}
    return frozenset(wide.union(Keyholder.objects.filter(ended_at=None).values_list("officer_id", flat=True)))
