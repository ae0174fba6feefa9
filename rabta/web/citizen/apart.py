"""What is written under a code that an officer was shown, and that he must not read, gets a code of its own.

Who writes a matter down for somebody is shown its sixteen digits (`/officer/met/`). With them he could read what that
person writes there later: an accusation of his own station. It becomes a matter of its own, whose code is told to the
phone that sent it; the old code goes on showing the old matter only.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from rabta.cases.models import Case, Message
from rabta.channels import met
from rabta.channels.models import Account
from rabta.triage.assess import assess, likely_accusing, police_named, retold, with_beside
from rabta.web.citizen import receipt, sending
from rabta.web.citizen.going_on import on_to


def needs_own_code(case: Case | None, cleaned: dict[str, Any]) -> bool:
    """Whether an officer was shown the code of this case, and these words may be kept from him."""
    if case is None or case.account.channel != met.CHANNEL.kind:
        return False
    if case.withheld or case.named_officers:  # the desk has seen what the words do not tell
        return True
    text, names = cleaned["text"], "\n".join(file.name or "" for file in cleaned["photos"])
    if with_beside(text, names).withheld or police_named(text) or retold(text) or likely_accusing(text):
        return True
    said = case.messages.filter(direction=Message.Direction.IN).order_by("id")
    before = "\n".join(message.judged_text for message in said)
    return bool(assess(f"{before}\n{text}").withheld) and not assess(before).withheld


def hand_in(request: HttpRequest, account: Account, cleaned: dict[str, Any]) -> HttpResponse:
    """Hand it in as a matter of its own, and show its code. A repeated POST has one effect and shows the same."""
    code = sending.apart(account=account, cleaned=cleaned, now=timezone.now())
    messages.warning(
        request,
        _(
            "An officer was shown your earlier code. So that he does not read this, it has a code of its own."
            " Keep both: the earlier one shows your earlier matter."
        ),
    )
    response = on_to(request, "citizen_received")
    receipt.remember(response, code)
    return response
