"""The register of accounts: making them, opening their secrets, listing their hooks."""

import re
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from rabta import keys
from rabta.channels.contract import AccountFacts, Channel
from rabta.channels.fields import WrongField
from rabta.channels.models import Account, Credential
from rabta.channels.registry import BY_KIND
from rabta.force.models import Post, Unit
from rabta.kit.ids import public_id


class AccountError(ValueError):
    """A credential or account can't be made like this. The text is for the administrator; `field` is what is wrong."""

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.field = field


def seal(values: Mapping[str, str]) -> bytes:
    """A credential's fields under the accounts key."""
    return keys.fernet("accounts").encrypt(orjson.dumps(dict(values)))


def open_values(sealed: bytes | memoryview) -> dict[str, str]:
    """What `seal` sealed; raises cryptography.fernet.InvalidToken for anything else."""
    values: dict[str, str] = orjson.loads(keys.fernet("accounts").decrypt(bytes(sealed)))
    return values


def facts(account: Account) -> AccountFacts:
    """What the account's channel needs for sending and fetching."""
    values = open_values(account.credential.sealed_values)
    hook = hook_at(account.credential.hook)
    return AccountFacts(external_id=account.external_id, values=values, hook=hook)


def check_values(channel: Channel, values: Mapping[str, str]) -> None:
    """AccountError when a field is missing or unknown, or an address leads where it must not."""
    known = {field.name for field in channel.fields}
    missing = [str(field.label) for field in channel.fields if field.required and not values.get(field.name)]
    if missing:
        raise AccountError(_("Please fill in: %(fields)s.") % {"fields": ", ".join(missing)})
    if unknown := sorted(set(values) - known):
        raise AccountError(_("This channel has no field %(fields)s.") % {"fields": ", ".join(unknown)})
    for name, value in values.items():
        if name.endswith("_url") and value:
            try:
                _check_address(value)
            except AccountError as error:
                raise AccountError(str(error), field=name) from None


def check_fields(channel: Channel, values: Mapping[str, str], *, external_ids: Iterable[str]) -> None:
    """AccountError for what can't work, of any of these accounts, before anybody is asked."""
    check_values(channel, values)
    try:
        for external_id in external_ids if channel.accepts else ():
            assert channel.accepts is not None
            channel.accepts(AccountFacts(external_id=external_id, values=values))
    except WrongField as error:
        raise AccountError(str(error.why), field=error.name) from None


def _check_address(url: str) -> None:
    """A provider is reached over TLS. A loopback address is a stand-in, for the demonstration only."""
    parts = urlsplit(url)
    if _is_loopback(parts.hostname or ""):
        if not settings.DEMO:
            raise AccountError(_("An address on this machine is for the demonstration only."))
    elif parts.scheme != "https" or not parts.hostname:
        raise AccountError(_("The provider's address must begin with https://."))


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def create_credential(*, channel: str, name: str, values: Mapping[str, str], hook: str = "") -> Credential:
    """Register an app or login at a provider. Raises AccountError on wrong values."""
    check_values(BY_KIND[channel], values)
    return Credential.objects.create(
        channel=channel, name=name, hook=hook or public_id(), sealed_values=seal(values)
    )


def create_account(
    *,
    credential: Credential,
    name: str,
    external_id: str,
    unit: Unit,
    holder: Post | None = None,
    address: str = "",
) -> Account:
    """Register a number, page or form under a credential. Raises AccountError when it is registered already."""
    if BY_KIND[credential.channel].alone and credential.accounts.exists():
        raise AccountError(
            _("This login at the provider has its account already. Enter the other one's own.")
        )
    with transaction.atomic():
        account, created = Account.objects.get_or_create(
            channel=credential.channel,
            external_id=external_id,
            defaults={
                "credential": credential, "name": name, "unit": unit, "holder": holder, "address": address,
            },
        )  # fmt: skip
    if not created:
        raise AccountError(_("This account is registered already: %(name)s.") % {"name": account.name})
    return account


def remove(account: Account) -> bool:
    """Take an account out of the register, with its app where that has no other. False when anything hangs on it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rabta_remove_account(%s)", [account.pk])
        return bool(cursor.fetchone()[0])


def by_itself(channel: Channel, *, address: str = "") -> Account:
    """The one account of a channel that needs no provider, of the force itself; made when it is first wanted.

    Its names are the channel's in each language.
    """
    rows = Account.objects.filter(channel=channel.kind).select_related("credential")
    if found := rows.first():
        return found
    names = {language: _label(channel, language) for language in ("en", "hi", "ur")}
    credential = create_credential(channel=channel.kind, name=names["en"], values={})
    top = Unit.objects.get(parent=None)
    try:
        made = create_account(
            credential=credential, name=names["en"], external_id=channel.kind, unit=top, address=address
        )
    except AccountError:  # another request made it just now
        return rows.get()
    made.name_hi, made.name_ur = names["hi"], names["ur"]
    made.save(update_fields=["name_hi", "name_ur"])
    return made


def _label(channel: Channel, language: str) -> str:
    with override(language):
        return str(channel.label)


def listing() -> list[dict[str, Any]]:
    """Every account for `rabta accounts --json`: where providers reach us; secrets in the demonstration only."""
    accounts = Account.objects.select_related("credential", "unit").order_by("id")
    return [_listed(account, BY_KIND[account.channel]) for account in accounts]


def _listed(account: Account, channel: Channel) -> dict[str, Any]:
    return {
        "channel": account.channel,
        "name": account.name,
        "unit": account.unit.name,
        "external_id": account.external_id,
        "hook": hook_of(account, channel),
        "secret": _signing_secret(account, channel) if settings.DEMO else None,
    }


def hook_of(account: Account, channel: Channel) -> str:
    """The URL of the account's hook; for a channel of our own pages, the page (`address`, relative to the pages).

    Empty where we are the ones who connect.
    """
    if channel.process != "relay" or (channel.verify is None and channel.fields):
        return ""
    if channel.verify is None:
        return urljoin(f"{settings.BASE_URL}/", account.address)
    return hook_at(account.credential.hook)


def link_to(channel: Channel, address: str) -> str:
    """A link by which people reach an account whose public address this is; empty where none can be made.

    Nothing but plain names and full numbers becomes a link: the address was typed by hand. A short code is dialled
    as it is.
    """
    if address.startswith("https://"):
        return address
    form = channel.reached_at
    site = form.removeprefix("https://www.").removesuffix("{name}")  # facebook.com/, with or without www.
    name = address.strip().removeprefix("www.").removeprefix(site).removeprefix("@")
    if "{digits}" in form:
        digits = re.sub(r"[\s().-]", "", name)
        if re.fullmatch(r"\+[0-9]{7,15}", digits):
            return form.format(digits=digits[1:])
        short = form.partition(":")[0]
        return f"{short}:{digits}" if short == "sms" and re.fullmatch(r"[0-9]{3,15}", digits) else ""
    plain = r"[\w.+-]{1,64}@[\w.-]{3,100}" if form.startswith("mailto:") else r"[\w.-]{1,80}"
    return form.format(name=name) if form and re.fullmatch(plain, name, re.ASCII) else ""


def hook_at(word: str) -> str:
    """The URL of the hook with this word."""
    return f"{settings.HOOKS_URL}/hooks/{word}"


def _signing_secret(account: Account, channel: Channel) -> str | None:
    """The first secret field of a channel is the one that signs hooks."""
    signing = next((field.name for field in channel.fields if field.secret), None)
    return open_values(account.credential.sealed_values).get(signing) if signing else None
