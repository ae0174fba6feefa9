"""Linking a group to one that lives elsewhere, and ending that."""

import re
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.force.access import Scope
from rabta.groups import outside
from rabta.groups.models import Group
from rabta.journey.groups.registry import post_over

_CHAT = re.compile(r"-\d{5,18}")


def accounts_for(group: Group) -> QuerySet[Account]:
    """The bots and exported chats of the group's unit and of those above it."""
    rows = Account.objects.filter(channel__in=outside.GROUPS_OF, unit__in=group.visible_to, paused=False)
    return rows.order_by("channel", "name")


def link(*, group: Group, account: Account, chat: str, by: Scope, now: datetime) -> Group:
    """Link it. Refused where the number is none, or belongs to another group already."""
    held = _held(group, by)
    if not accounts_for(held).filter(pk=account.pk).exists():
        raise Refused(_("This account does not belong to the group’s unit or one above it."))
    chat = account.external_id if BY_KIND[account.channel].by_file else chat.strip()
    if not BY_KIND[account.channel].by_file and not _CHAT.fullmatch(chat):
        raise Refused(
            _("The number of a Telegram group begins with a minus and has digits only: -1001234567890.")
        )
    if len(chat) > 20:
        raise Refused(_("This chat can't be linked: its number is too long."))
    same = Group.objects.filter(chat_account=account, chat=chat, closed_at=None).exclude(pk=held.pk)
    taken = Refused(_("Another group is linked to this chat. End that first."))
    if same.exists():
        raise taken
    held.chat_account, held.chat = account, chat
    try:
        with transaction.atomic():
            return _saved(held, "group_linked", by, now)
    except IntegrityError:  # the other is none that he sees
        raise taken from None


def unlink(*, group: Group, by: Scope, now: datetime) -> Group:
    """End it; what was read there stays."""
    held = _held(group, by)
    held.chat_account, held.chat = None, ""
    return _saved(held, "group_unlinked", by, now)


def _held(group: Group, by: Scope) -> Group:
    held = Group.objects.select_for_update().get(pk=group.pk)
    if post_over(by, held) is None:
        raise Refused(_("None of your posts runs this group. Ask its administrator."))
    return held


def _saved(held: Group, act: str, by: Scope, now: datetime) -> Group:
    held.save(update_fields=["chat_account", "chat"])
    audit.record(act, now=now, officer_id=by.officer.pk, subject="group", ids=[held.pk])
    return held
