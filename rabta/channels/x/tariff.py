"""What X charges for: posts, more for those with a link, and direct messages."""

import re

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import AccountFacts, Letter, Tariff
from rabta.channels.x import weights

LINK = re.compile(r"(?:https?://|www\.)\S", re.IGNORECASE)


def _counted(account: AccountFacts, letter: Letter) -> tuple[str, int]:
    if not letter.public:
        return "message", 1
    kind = "post_with_link" if LINK.search(letter.text) else "post"
    return kind, max(1, len(weights.parts(letter.text)))


TARIFF = Tariff(
    kinds={
        "post": _("post without a link"),
        "post_with_link": _("post with a link"),
        "message": _("direct message"),
    },
    counted=_counted,
)
