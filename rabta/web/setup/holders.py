"""Which post holds an account. Where that post commands, its public posts are orders: that takes two administrators."""

from django.utils import timezone
from django.utils.translation import gettext as _

from rabta.audit.writing import record
from rabta.channels.models import Account
from rabta.force import directory
from rabta.force.models import Officer, Post
from rabta.force.second import is_only_administrator
from rabta.journey.orders.commanding import COMMANDS
from rabta.web import proposals
from rabta.web.models import Proposal


def must_wait(was: Post | None, holder: Post | None) -> bool:
    """Whether this holder has to be confirmed: who says whose word an account is could give orders in that name."""
    return holder is not None and holder != was and holder.role in COMMANDS and not is_only_administrator()


def ask(account: Account, holder: Post, *, by: Officer) -> None:
    """Let the holder wait for a second administrator."""
    line = {"what": "holder", "of": account.name, "account": account.public_id, "to": holder.code}
    proposals.ask(act="holder", by=by, now=timezone.now(), about=_touched(holder), lines=[line])


def _touched(post: Post) -> list[int]:
    held = directory.current(now=timezone.now()).holders(post.pk)
    return sorted(holder.officer_id for holder in held)


def save_confirmed(proposal: Proposal, *, by: Officer) -> str:
    """Name the holder that waited, if it still means the same. Returns why not, otherwise."""
    (line,) = proposal.lines
    account = Account.objects.filter(public_id=line["account"]).first()
    holder = Post.objects.filter(code=line["to"]).first()
    if account is None or holder is None or _touched(holder) != proposal.about:
        return _("The force has changed since. Refuse this, and let it be asked for again.")
    account.holder = holder
    account.save(update_fields=["holder"])
    record("account_changed", now=timezone.now(), officer_id=by.pk, subject="account", ids=[account.pk])
    return ""
