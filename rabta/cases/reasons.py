"""Reasons in words. A rule gives a code and names; here is what people read, in their own language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from rabta.force.names import listed, localised

REASONS = {
    # why a unit leads
    "pin": _("The location that was sent lies in the area of %(unit)s."),
    "place": _("“%(place)s” is in the area of %(unit)s."),
    "chosen_place": _("The place chosen on the map lies in the area of %(unit)s."),
    "confirmed_place": _("The citizen was asked which place it is, and chose one in the area of %(unit)s."),
    "cell": _("%(unit)s handles matters of this kind for the whole force."),
    "by_hand": _("Chosen by the desk."),
    "by_officer": _("Ordered by %(post)s."),
    "by_post": _("Ordered by %(post)s with a public post."),
    "vacant_linked": _("%(unit)s is vacant; %(post)s has the charge."),
    "vacant_parent": _("%(unit)s is vacant; it falls to %(post)s."),
    "undelivered": _("The order did not reach %(post)s within two minutes."),
    "passed_on": _("Passed on by %(post)s."),
    "on_its_way": _("On its way to %(post)s."),
    "superior": _("For information, as the superior of %(unit)s."),
    "support": _("Supports in matters of this kind."),
    # why a case waits at the desk
    "no_category": _("The words do not say clearly what it is about. Choose the category."),
    "no_place": _("No place is known yet. Ask for it, or choose it on the map."),
    "two_places": _("The places named lie in different areas: %(places)s."),
    "ambiguous_place": _("“%(place)s” exists in several areas: %(units)s."),
    "outside": _("The place lies outside the area of every station."),
    "desk_answers": _("The desk answers matters of this kind itself."),
    "nobody": _("Nobody holds a post that could take the order."),
    "returned": _("%(post)s returned the order."),
    "names_police": _(
        "Names the police: “%(words)s”. Read it before a station does, then order it or withhold it."
    ),
    "retold": _(
        "Tells what somebody said or did about it: “%(words)s”. If an officer may be meant, withhold it; else order it."
    ),
    "like_accusation": _(
        "Is told as complaints about police are: “%(words)s”. If an officer may be meant, withhold it; else order it."
    ),
    "taken_out": _("Taken out of an incident: it stands by itself now."),
    "unmerged": _(
        "A merge was undone, and the order went back to the other case. Order a unit for this one."
    ),
    "from_officer": _("Written by an officer of the force."),
    "reopened": _("Reopened: say who looks at it again."),
    "reopened_by_citizen": _("The citizen is not satisfied and had it reopened. Say who looks at it again."),
    "accused_near": _(
        "Officers were transferred: who inquired serves under somebody of the accused unit now. Choose another unit."
    ),
    "appeal_upheld": _("The appeal was upheld. Order another lead than before."),
    "above_former_lead": _("%(post)s led it before the appeal, so the next above is suggested."),
    "overheard": _("Said to others and brought to us. Read it, and order it if it is right."),
    "earlier": _("It stood open in the register that was kept before. Order the unit that has it."),
    "handed": _("Another force handed it over. Read it, and order the unit that must act."),
    "command_several": _("%(post)s ordered action in public and named several units. Ask which one."),
    "command_nobody": _("%(post)s ordered action in public; no unit is known yet. Choose it, or ask."),
    "command_outside": _("%(post)s ordered action in public for a unit that is not under that command."),
    "command_refused": _("%(post)s ordered action in public, and the order could not be given."),
    # why two cases are linked
    "held_up": _("Both by the same person. The newer one is of a public post that a commander held up."),
    "accuses_again": _("Both accuse, and are by the same person. The desk says whether they are one matter."),
    # why a case is withheld
    "accusation": _("May accuse police: “%(words)s”. Nothing was sent to any station."),
    "accusation_like": _(
        "Is told as accusations of police are: “%(words)s”. Nothing was sent to any station."
    ),
    "accusation_chosen": _("The citizen says that it is against police. Nothing was sent to any station."),
    "accusation_by_desk": _("The desk takes it as an accusation against police."),
    "tip": _("Looks like secret information: “%(words)s”. Protect the source."),
    "tip_chosen": _("The citizen marked it as secret information. Protect the source."),
    "restricted": _("Restricted: a person decides who is told."),
    "beside_secret": _(
        "Which matter of its sender it belongs to, the desk says: merge it with the linked one, or release it."
    ),
}


def in_words(why: Mapping[str, Any]) -> str:
    """The sentence for `{"code": …, names…}`; empty for an empty reason."""
    if not why:
        return ""
    return str(REASONS[why["code"]]) % {key: _name(key, str(value)) for key, value in why.items()}


def _name(key: str, value: str) -> str:
    if key == "units":
        return listed(localised(name) for name in value.split(" · "))
    return localised(value) if key in ("unit", "post") else value
