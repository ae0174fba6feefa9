"""All connections of the SMPP process: which there are, and which one a letter leaves by."""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial

from rabta.channels.contract import AccountFacts, Letter, Sent, Session, Trouble, TroubleCode
from rabta.channels.fields import WrongField
from rabta.channels.sms import coding, receipts
from rabta.channels.sms.fields import Facts, read_facts, source_of
from rabta.channels.sms.link import Link
from rabta.channels.sms.parts import header
from rabta.channels.sms.pdu import Address, Broken, Message, Status, Tlv, read_message, unpack, write_message
from rabta.channels.sms.reading import body_of

log = logging.getLogger(__name__)

_CODING = {coding.GSM: 0, coding.UCS2: 8}
_UDHI = 0x40
PART_TRIES, PART_PAUSE = 20, 0.5  # of a further part when the centre is busy: the first one has left already
LONGEST_SHORT = 254  # bytes that short_message holds


@dataclass(frozen=True)
class Served:
    """An account that this process serves, and the credential under which its bodies lie in the journal."""

    credential: int
    account: AccountFacts


@dataclass
class Login:
    """The connections under one credential, and the accounts that share them."""

    credential: int
    facts: Facts
    accounts: list[str]
    links: list[Link] = field(default_factory=list)
    tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    def link(self) -> Link | None:
        """The least busy connection that can send."""
        return min((link for link in self.links if link.sends), key=lambda link: link.waiting, default=None)

    def account_for(self, raw: bytes) -> str:
        """The account that a unit is for: the one with this number, else the only one there is, else none."""
        try:
            number = read_message(unpack(raw)).destination.number.removeprefix("+")
        except Broken:
            number = ""
        found = [id for id in self.accounts if id.removeprefix("+") == number] or self.accounts
        return found[0] if len(found) == 1 else ""


class Binds:
    """The connections of this process. `keep_body` puts a body into the journal under a credential.

    It returns once the body is on the disk, and raises when that can't be said: then the centre is asked to try later.
    """

    def __init__(self, keep_body: Callable[[int, bytes], Awaitable[None]], *, region: str) -> None:
        self._keep_body, self._region = keep_body, region
        self._logins: dict[Values, Login] = {}
        self._wrong: dict[Values, str] = {}
        self._reference = random.randrange(256)

    def keep(self, served: list[Served]) -> None:
        """Connect what is wanted and not there, and let go what is not wanted any more."""
        wanted: dict[Values, list[Served]] = {}
        for one in served:
            wanted.setdefault(_values(one.account), []).append(one)
        for values in self._logins.keys() - wanted.keys():
            self._end(self._logins.pop(values))
        for values, group in wanted.items():
            if values in self._logins:
                self._logins[values].accounts = [one.account.external_id for one in group]
            else:
                self._begin(values, group)

    def _begin(self, values: "Values", group: list[Served]) -> None:
        name = group[0].account.external_id
        try:
            facts = read_facts(group[0].account.values)
        except WrongField as error:
            if values not in self._wrong:
                log.error("SMS account %s: the field %s can't be used", name, error)
            self._wrong[values] = str(error)
            return
        accounts = [one.account.external_id for one in group]
        login = self._logins[values] = Login(group[0].credential, facts, accounts)
        heard = partial(self._hear, login)
        login.links = [Link(facts, bind, heard, name=name) for bind in facts.binds]
        login.tasks = [asyncio.create_task(link.run()) for link in login.links]

    async def _hear(self, login: Login, raw: bytes) -> int:
        """Keep a unit that came; the status to answer with."""
        facts = login.facts
        body = body_of(
            raw, account=login.account_for(raw), at=time.time(), region=self._region,
            alphabet=facts.alphabet, hexadecimal=facts.hex_receipts,
        )  # fmt: skip
        try:
            await self._keep_body(login.credential, body)
        except NotNow:
            return Status.TRY_LATER
        return Status.OK

    def _end(self, login: Login) -> None:
        for task in login.tasks:
            task.cancel()

    async def close(self) -> None:
        """Say goodbye to all."""
        tasks = [task for login in self._logins.values() for task in login.tasks]
        for login in self._logins.values():
            self._end(login)
        self._logins.clear()
        await asyncio.gather(*tasks, return_exceptions=True)

    def ready(self, account: AccountFacts) -> bool:
        """Whether a letter of this account can leave now."""
        login = self._logins.get(_values(account))
        return login is not None and login.link() is not None

    def state(self, account: AccountFacts) -> tuple[str, str] | None:
        """What keeps its connections from holding, as a code and in words; two empty words when all are bound.

        None while nobody knows yet.
        """
        values = _values(account)
        if field := self._wrong.get(values):
            return TroubleCode.CREDENTIALS.value, f"the field {field} can't be used"
        login = self._logins.get(values)
        if login is None:
            return None
        if troubles := [link.trouble for link in login.links if link.trouble]:
            worst = min(troubles, key=lambda trouble: trouble.code != TroubleCode.CREDENTIALS)
            return worst.code.value, worst.text
        return ("", "") if all(link.bound for link in login.links) else None

    async def send(self, session: Session, account: AccountFacts, letter: Letter) -> Sent:
        """Hand a letter over, in as many parts as it needs. Raises Trouble."""
        login = self._logins.get(_values(account))
        link = login.link() if login else None
        if login is None or link is None:
            raise Trouble(TroubleCode.UNREACHABLE, "not connected", retry=True)
        units = self._units(login.facts, account, letter)
        id = await link.submit(units[0])
        for unit in units[1:]:
            id = await self._further(login, unit)
        return Sent(provider_id=receipts.plain_id(id, hexadecimal=login.facts.hex_answers))

    async def _further(self, login: Login, unit: bytes) -> str:
        """A further part: the letter can't go back into the queue any more, so that what may pass is waited for."""
        for tried in range(PART_TRIES):
            link = login.link()
            with contextlib.suppress(_Passing):
                if link is not None:
                    return await _submit(link, unit)
            await asyncio.sleep(min(PART_PAUSE * (tried + 1), 5))
        raise Trouble(TroubleCode.UNCERTAIN, "only a part of it was taken")

    def _units(self, facts: Facts, account: AccountFacts, letter: Letter) -> list[bytes]:
        """The bodies of submit_sm for a letter. The last one asks for a receipt."""
        if letter.media is not None:
            raise Trouble(TroubleCode.MEDIA, "an SMS carries no file")
        if not letter.text:
            raise Trouble(TroubleCode.TEMPLATE, "an SMS is text")
        try:
            tlvs = facts.tlvs_for(letter.text)
        except LookupError:
            raise Trouble(TroubleCode.TEMPLATE, "this text is not registered with the operator") from None
        coded = coding.code(letter.text)
        if len(coded.parts) > coding.MOST_PARTS:
            raise Trouble(TroubleCode.REFUSED, "too long")
        self._reference = (self._reference + 1) % 256
        plain = Message(
            source=source_of(account.values, external_id=account.external_id),
            destination=_destination(letter.to),
            data_coding=_CODING[coded.coding],
            tlvs=tlvs,
        )
        return [
            write_message(m)
            for m in _messages(plain, coded, way=facts.long_messages, reference=self._reference)
        ]


Values = tuple[tuple[str, str], ...]  # of a credential: what its connections depend on


class NotNow(Exception):
    """A body could not be made durable."""


class _Passing(Exception):
    """It was not taken, and may be in a moment."""


async def _submit(link: Link, unit: bytes) -> str:
    try:
        return await link.submit(unit)
    except Trouble as trouble:
        if trouble.retry:
            raise _Passing from None
        raise Trouble(TroubleCode.UNCERTAIN, f"only a part of it was taken ({trouble.text})") from None


def _values(account: AccountFacts) -> Values:
    return tuple(sorted(account.values.items()))


def _messages(plain: Message, coded: coding.Coded, *, way: str, reference: int) -> list[Message]:
    """One message for each part, in the way that the account wants."""
    total = len(coded.parts)
    if total == 1 or way == "payload":
        return [_filled(plain, coded.whole, last=True)]
    found = []
    for number, data in enumerate(coded.parts, start=1):
        message = plain
        if way == "sar":
            sar: dict[int, bytes] = {
                Tlv.SAR_REFERENCE: reference.to_bytes(2),
                Tlv.SAR_TOTAL: bytes([total]),
                Tlv.SAR_NUMBER: bytes([number]),
            }
            message = replace(plain, tlvs={**plain.tlvs, **sar})
        else:
            message = replace(plain, esm_class=_UDHI)
            data = header(reference=reference, total=total, number=number) + data
        found.append(_filled(message, data, last=number == total))
    return found


def _filled(message: Message, data: bytes, *, last: bool) -> Message:
    """With its text, and on the last part the wish for a receipt."""
    if len(data) > LONGEST_SHORT:
        return replace(message, registered=int(last), tlvs={**message.tlvs, Tlv.PAYLOAD: data})
    return replace(message, registered=int(last), data=data)


def _destination(to: str) -> Address:
    digits = to.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise Trouble(TroubleCode.RECIPIENT, "not a number")
    return Address(number=digits, ton=1 if to.startswith("+") else 0, npi=1)
