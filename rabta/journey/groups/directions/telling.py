"""What the posts on the way of an instruction are told on their telephones. The link carries no rights."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from rabta import keys
from rabta.channels.contract import Button, Template
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.force.directory import Directory, Holder
from rabta.force.models import Post
from rabta.groups.models import Direction, Hop
from rabta.outbox.models import Delivery
from rabta.outbox.posting import Outgoing, post
from rabta.people.handles import digest_of
from rabta.rules.answers import CODE_DIGITS, NUMBERS, Act, key_of
from rabta.tasking import notify

PREFIX = "hop"
ABOVE = ("late", "proof_late")  # what is told one level up: it is answered by nobody
TEMPLATES = {
    "again": "direction_again_v1",
    "late": "direction_late_v1",
    "rejected": "direction_proof_v1",
    "proof_due": "direction_proof_due_v1",
    "proof_late": "direction_proof_late_v1",
}


def told(hops: Iterable[Hop], *, directory: Directory, now: datetime, again: bool = False) -> None:
    """Tell the holders of each hop's post that an instruction waits for them, with buttons; `again` to remind."""
    accounts, form = notify.sending_accounts(), "again" if again else "told"
    letters = [
        letter
        for hop in hops
        if hop.post_id
        for letter in _to_holders(hop, hop.post_id, accounts=accounts, directory=directory, form=form)
    ]
    post(letters, now)


def late(hop: Hop, *, to: Post, directory: Directory, now: datetime) -> None:
    """Tell the post above by name who has not confirmed an instruction in time."""
    accounts = notify.sending_accounts()
    post(_to_holders(hop, to.pk, accounts=accounts, directory=directory, form="late"), now)


def rejected(hop: Hop, *, directory: Directory, now: datetime) -> None:
    """Tell the holders of the hop's post that their proof was not enough, and where they read why."""
    if hop.post_id:
        accounts = notify.sending_accounts()
        post(_to_holders(hop, hop.post_id, accounts=accounts, directory=directory, form="rejected"), now)


def link(hop: Hop) -> str:
    """Where the instruction is received, after signing in."""
    return f"{settings.BASE_URL}/groups/hops/{hop.public_id}/"


def key(hop: Hop, act: Act | None = None) -> str:
    """What stands behind a button about this hop, or what an answer to a letter is about."""
    return key_of(hop.public_id, act, prefix=PREFIX)


def proof_late(hop: Hop, *, to: Post, directory: Directory, now: datetime) -> None:
    """Tell the post above by name whose proof did not come in time."""
    accounts = notify.sending_accounts()
    post(_to_holders(hop, to.pk, accounts=accounts, directory=directory, form="proof_late"), now)


def proof_due(hop: Hop, *, directory: Directory, now: datetime) -> None:
    """Remind the holders of the hop's post of the proof that is asked for."""
    if hop.post_id:
        accounts = notify.sending_accounts()
        post(_to_holders(hop, hop.post_id, accounts=accounts, directory=directory, form="proof_due"), now)


def proof_words(hop: Hop, account: Account) -> str:
    """How proof is sent over this account; empty where none is open, and where it takes no photos."""
    if hop.proof_state not in (Hop.ProofState.NONE, Hop.ProofState.REJECTED):
        return ""
    channel = BY_KIND[account.channel]
    if hop.direction.proof == Direction.Proof.PHOTO:
        takes = channel.fetch is not None and not channel.forgeable
        return _("Proof is asked for: answer this message with a photo.") if takes else ""
    return _("Proof is asked for: write %(number)s and then your answer.") % {"number": NUMBERS[Act.DONE]}


def code_of(hop: Hop) -> str:
    """What an answer by a channel on which senders can be forged must hold; only letters to the holders say it."""
    number = int.from_bytes(keys.digest("answer", f"{PREFIX}:{hop.public_id}"))
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def buttons(*, hop: Hop, acts: Sequence[Act]) -> tuple[Button, ...]:
    """What can be pressed, in the language that is active. At most 20 letters each."""
    titles = {Act.ACCEPT: _("Received"), Act.ONWARD: _("Pass on")}
    return tuple(Button(key=key(hop, act), title=titles[act], number=NUMBERS[act]) for act in acts)


def code_words(hop: Hop) -> str:
    """What is said where a sender can be forged."""
    return _("Write the code %(code)s after the number.") % {"code": code_of(hop)}


def _to_holders(
    hop: Hop, post_id: int, *, accounts: Sequence[Account], directory: Directory, form: str
) -> list[Outgoing]:
    account = notify.nearest_account(accounts, path=directory.path(hop.unit_id))
    holders = [holder for holder in directory.holders(post_id) if holder.phone]
    if account is None:
        return []
    forged = BY_KIND[account.channel].forgeable
    made = []
    for holder in holders:
        with translation.override(holder.language):
            text, template = _words(hop, holder, form=form)
            pressed = buttons(hop=hop, acts=(Act.ACCEPT, Act.ONWARD)) if form in ("told", "again") else ()
            if pressed:
                how = _("To receive it, answer %(number)s.") % {"number": NUMBERS[Act.ACCEPT]}
                text = f"{text}\n{how}"
            if form not in ABOVE:
                text = "\n".join(filter(None, (text, proof_words(hop, account))))
            if pressed and forged:
                text = f"{text}\n{code_words(hop)}"
        made.append(
            Outgoing(
                account=account,
                number=holder.phone,
                address_digest=digest_of(scheme="phone", handle=holder.phone),
                text=text,
                template=template,
                buttons=pressed,
                about=key(hop) if form not in ABOVE else "",
                priority=Delivery.Priority.URGENT,
                visible_to=hop.visible_to,
            )
        )
    return made


def _words(hop: Hop, holder: Holder, *, form: str) -> tuple[str, Template]:
    """As free text, and as an approved template for who has not written for a day."""
    values = {
        "unit": str(hop.unit),
        "title": hop.direction.title_in(holder.language),
        "link": link(hop),
        "post": str(hop.post or ""),
    }
    texts = {
        "told": _("Instruction for %(unit)s: %(title)s. Receive it and pass it on: %(link)s"),
        "again": _(
            "Reminder: you have not confirmed this instruction yet. For %(unit)s: %(title)s. %(link)s"
        ),
        "late": _(
            "%(post)s has not confirmed the instruction “%(title)s” for %(unit)s in time. See: %(link)s"
        ),
        "rejected": _(
            "The proof of %(unit)s for “%(title)s” was not enough. Read why and send another: %(link)s"
        ),
        "proof_due": _("The proof of %(unit)s for “%(title)s” has not come yet. %(link)s"),
        "proof_late": _("%(post)s has not sent the proof of %(unit)s for “%(title)s” in time. See: %(link)s"),
    }
    params = (values["unit"], values["title"], values["link"])
    template = Template(name=TEMPLATES.get(form, "direction_v1"), language=holder.language, params=params)
    return texts[form] % values, template
