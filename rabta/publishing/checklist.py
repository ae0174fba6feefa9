"""What law and duty keep out of everything that is public: ticked one by one, by both officers."""

from django.utils.translation import gettext_lazy as _

POINTS = {
    "victim": _(
        "No victim of a sexual offence can be recognised: no name, family, street, school or picture."
    ),
    "child": _("No child can be recognised, whether victim, witness or accused."),
    "informant": _("Nobody can tell who informed the police."),
    "complainant": _("No complainant or witness is named, and no number of theirs stands here."),
    "guilt": _("Nobody is called guilty before a court has said so."),
    "operation": _("It gives away no operation, and nothing that helps whoever is looked for."),
    "verified": _("Every sentence was verified; nothing is a forward that nobody has checked."),
}


def missing(ticked: object) -> list[str]:
    """The points that were not ticked, as they read."""
    done = set(ticked) if isinstance(ticked, (list, tuple, set, frozenset)) else set()
    return [str(text) for code, text in POINTS.items() if code not in done]
