"""SMS over an HTTP gateway in the manner of Kannel: `sendsms` goes out, `get-url` and `dlr-url` come in.

Hooks are GET. The journal keeps `{"query": the query string as it came}`. What proves that it is the gateway is the
`secret` in the query, compared in constant time. A letter has no id of the gateway's: our own token comes back with
every delivery report. `docs/channels/kannel.md` has the configuration and the sources.
"""

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
import orjson
from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import (
    AccountFacts,
    Arrived,
    Channel,
    Field,
    HookRequest,
    Letter,
    Limits,
    Read,
    Receipt,
    Sent,
    Session,
    Trouble,
    TroubleCode,
    Unreadable,
)
from rabta.channels.fields import WrongField
from rabta.channels.shapes import Misshapen, clean, moment, named
from rabta.channels.sms import coding, parts
from rabta.channels.sms.reading import keys_of
from rabta.channels.sms.senders import sender
from rabta.channels.sms.tariff import TARIFF
from rabta.rules import dlt

EVERY_REPORT = 1 + 2 + 4 + 8 + 16
REPORTS = {1: "delivered", 2: "failed", 4: "sent", 8: "sent", 16: "failed", 32: "sent"}
TEMPLATE_TLV = "dlt_template"  # as the gateway's smpp-tlv group must call parameter 1401
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SAFE = re.compile(r"[A-Za-z0-9_-]{8,200}")
_CHARSETS = {
    "utf-8": "utf8",
    "utf-16be": coding.UCS2,
    "iso-8859-1": coding.LATIN,
    "windows-1252": coding.LATIN,
}


def verify(request: HookRequest, secrets: Mapping[str, str]) -> bool:
    """Whether the query carries our secret (compared in constant time)."""
    given = request.query.get("secret", "").encode(errors="replace")
    return hmac.compare_digest(given, secrets["hook_secret"].encode())


def count(raw: bytes) -> Counter[str]:
    """One: a request is one message or one report."""
    try:
        return Counter({_account(_query(raw)): 1})
    except ValueError:
        return Counter({"": 1})


def read(raw: bytes) -> list[Read]:
    """The message or report. Raises ValueError when the body is no JSON object."""
    query = _query(raw)
    account = _account(query)
    try:
        return [_report(account, query) if query.get("kind") == b"dlr" else _message(account, query)]
    except Misshapen as trouble:
        reason = str(trouble)
    except (ValueError, TypeError, LookupError, ArithmeticError) as trouble:
        reason = f"unexpected shape ({type(trouble).__name__})"
    return [Unreadable(account=account, key="", reason=reason)]


def _query(raw: bytes) -> dict[str, bytes]:
    """The query's fields as bytes: a text of UTF-16 comes percent-encoded byte by byte."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Misshapen("not JSON") from None
    if not isinstance(body, dict):
        raise Misshapen("not a JSON object")
    query = body.get("query")
    if not isinstance(query, str) or not query.isascii():
        return {}
    pairs = parse_qsl(query, keep_blank_values=True, encoding="latin-1", max_num_fields=100)
    return {name: value.encode("latin-1", "replace") for name, value in pairs}


def _account(query: Mapping[str, bytes]) -> str:
    return named((query.get("account") or query.get("to") or b"").decode("latin-1").strip().removeprefix("+"))


def _text(query: Mapping[str, bytes], name: str, *, longest: int = 200) -> str:
    return clean(query.get(name, b"").decode("utf-8", "replace"))[:longest]


def _message(account: str, query: Mapping[str, bytes]) -> Arrived:
    if query.get("from") is None or query.get("text") is None:
        raise Misshapen("no message")
    charset = _text(query, "charset").casefold() or ("utf-16be" if query.get("coding") == b"2" else "utf-8")
    alphabet = _CHARSETS.get(charset, "utf8")
    if query.get("coding") == b"1":
        raise Misshapen("not a text")
    header, data = query.get("udh", b""), query["text"]
    reference = parts.numbered(parts.split_header(header)[0]) if header else None
    at = moment(_text(query, "time"))
    repeats: tuple[str, ...] = ()
    if id := _text(query, "id"):
        key = f"message:{id}:{header.hex()}"
    else:
        digest = hashlib.sha256(repr(sorted(query.items())).encode()).hexdigest()[:40]
        key, again = keys_of(digest, at=at.timestamp() if at else 0.0, short=len(data) <= 40)
        repeats = (again,)
    return Arrived(
        account=account,
        key=key,
        repeats=repeats,
        provider_id=key,
        sender=sender(_text(query, "from"), region=_text(query, "region", longest=2) or "PK"),
        kind="text",
        text=clean(coding.decode(data, alphabet)),
        part=parts.part(reference=reference, to=account, alphabet=alphabet, data=data),
        sent_at=at,
    )


def _report(account: str, query: Mapping[str, bytes]) -> Receipt:
    token, number = _text(query, "token"), _text(query, "status")
    if not token or not number.isascii() or not number.isdigit() or int(number) not in REPORTS:
        raise Misshapen("a report without token or status")
    status = REPORTS[int(number)]
    failed = status == "failed"
    trouble = (TroubleCode.REFUSED if int(number) == 16 else TroubleCode.RECIPIENT).value if failed else ""
    return Receipt(
        account=account,
        key=f"report:{token}:{number}",
        provider_id=token,
        token=token,
        status=status,
        trouble=trouble,
        detail=_text(query, "reply") if failed else "",
    )


async def send(session: Session, account: AccountFacts, letter: Letter) -> Sent:
    """Hand a letter to the gateway, which cuts it itself. Raises Trouble, UNCERTAIN when it may have been taken."""
    values = account.values
    if letter.media is not None:
        raise Trouble(TroubleCode.MEDIA, "an SMS carries no file")
    if not letter.text:
        raise Trouble(TroubleCode.TEMPLATE, "an SMS is text")
    query = {
        "username": values.get("username", ""),
        "password": values.get("password", ""),
        "from": values.get("sender") or account.external_id,
        "to": letter.to,
        "text": letter.text,
        "coding": "2" if coding.code(letter.text).coding == coding.UCS2 else "0",
        "charset": "UTF-8",
        "dlr-mask": str(EVERY_REPORT),
        "dlr-url": _reports_to(account, letter.token),
    } | ({"smsc": values["smsc"]} if values.get("smsc") else {})
    if meta := _meta_data(values, letter.text):
        query["meta-data"] = meta
    status, said = await _asked(session, values.get("sendsms", ""), query)
    if status in (200, 202) and re.match(r"\s*[03]\b", said):
        return Sent(provider_id=letter.token)
    raise _trouble(status, said)


def accepts(account: AccountFacts) -> None:
    """WrongField for what no gateway could be asked with."""
    values = account.values
    if not _is_gateway(values.get("sendsms", "")):
        raise WrongField("sendsms", _("It begins with https://, on this machine also with http://."))
    if not _SAFE.fullmatch(values.get("hook_secret", "")):
        raise WrongField("hook_secret", _("Letters and digits only, at least eight."))
    _registered(values)
    _parameters(values)


def _is_gateway(url: str) -> bool:
    """Beyond this machine secrets travel encrypted."""
    try:
        parts = urlsplit(url)
        here = parts.hostname in ("127.0.0.1", "::1", "localhost")
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (here and parts.scheme == "http"))


def _registered(values: Mapping[str, str]) -> list[dlt.Registered]:
    try:
        return list(dlt.read(values.get("registered_texts", "")))
    except ValueError:
        raise WrongField("registered_texts") from None


def _parameters(values: Mapping[str, str]) -> dict[str, str]:
    found = [
        pair.partition("=") for pair in re.split(r"[;\n]", values.get("parameters") or "") if pair.strip()
    ]
    if not all(_NAME.fullmatch(name.strip()) and value.strip() for name, _equals, value in found):
        raise WrongField("parameters")
    return {name.strip(): value.strip() for name, _equals, value in found}


def _meta_data(values: Mapping[str, str], text: str) -> str:
    """Further parameters of the operator's (`smpp-tlv` groups of the gateway), with the id of a registered text.

    Raises Trouble for a text that had to be registered and is not, and for fields that can't be read.
    """
    try:
        registered, tlvs = _registered(values), _parameters(values)
    except WrongField as error:
        raise Trouble(TroubleCode.CREDENTIALS, f"the field {error}") from None
    if registered:
        id = dlt.template_of(text, registered)
        if id is None:
            raise Trouble(TroubleCode.TEMPLATE, "this text is not registered with the operator")
        tlvs[TEMPLATE_TLV] = id
    return f"?smpp?{urlencode(tlvs)}" if tlvs else ""


def _reports_to(account: AccountFacts, token: str) -> str:
    """Where delivery reports go: our hook. The gateway puts the status for %d and the centre's words for %A."""
    secret = account.values.get("hook_secret", "")
    if not _SAFE.fullmatch(secret):
        raise Trouble(
            TroubleCode.CREDENTIALS, "the secret of the hook: letters and digits only, at least eight"
        )
    fixed = {
        "kind": "dlr",
        "account": account.external_id.removeprefix("+"),
        "token": token,
        "secret": secret,
    }
    return f"{account.hook}?{urlencode(fixed)}&status=%d&reply=%A"


class AnswerLost(aiohttp.ClientError):
    """The connection broke after we had asked."""


async def _once(request: aiohttp.ClientRequest, ask: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Asks once: aiohttp repeats a GET that was not answered, and to a gateway each is a message to be sent."""
    try:
        return await ask(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise AnswerLost(type(error).__name__) from error


async def _asked(session: Session, url: str, query: Mapping[str, str]) -> tuple[int, str]:
    if not _is_gateway(url):
        raise Trouble(
            TroubleCode.CREDENTIALS, "beyond this machine the gateway's address must begin with https://"
        )
    timeout = aiohttp.ClientTimeout(total=20, connect=5)
    try:
        async with session.get(
            url, params=query, timeout=timeout, allow_redirects=False, middlewares=(_once,)
        ) as answer:
            return answer.status, (await answer.content.read(500)).decode("utf-8", "replace")
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
        raise Trouble(TroubleCode.UNREACHABLE, type(error).__name__, retry=True) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Trouble(TroubleCode.UNCERTAIN, type(error).__name__) from None


async def check(session: Session, account: AccountFacts) -> str:
    """Ask without a receiver: the gateway looks at the password first and then refuses, so that nothing is sent."""
    values = account.values
    who = {"username": values.get("username", ""), "password": values.get("password", "")}
    _reports_to(account, "test")
    try:
        status, said = await _asked(session, values.get("sendsms", ""), who)
    except Trouble as trouble:
        if trouble.code is not TroubleCode.UNCERTAIN:
            raise
        raise Trouble(TroubleCode.UNREACHABLE, trouble.text, retry=True) from None
    if status == 400 and "missing" in said.casefold():
        return f"{values.get('username', '')} @ {urlsplit(values.get('sendsms', '')).netloc}"
    found = _trouble(status, said)
    code = TroubleCode.UNREACHABLE if found.code is TroubleCode.UNCERTAIN else found.code
    raise Trouble(code, found.text, retry=found.retry)


def _trouble(status: int, said: str) -> Trouble:
    text = f"HTTP {status} {clean(said).strip()[:80]}".strip()
    if status in (401, 403):
        return Trouble(TroubleCode.CREDENTIALS, text)
    if status in (429, 503):  # the gateway's queue is full: it took nothing
        return Trouble(TroubleCode.BUSY, text, retry=True, after=timedelta(seconds=2))
    if 400 <= status < 500:
        return Trouble(TroubleCode.REFUSED, text)
    return Trouble(TroubleCode.UNCERTAIN, text)


CHANNEL = Channel(
    kind="kannel",
    label=_("SMS (HTTP gateway)"),
    limits=Limits(text_length=1530, per_second=20),
    fields=(
        Field(
            name="hook_secret",
            label=_("Secret of the hook"),
            help=_("Letters and digits of your own choice; the gateway sends it with everything."),
            secret=True,
        ),
        Field(name="password", label=_("Password of the sendsms user"), secret=True),
        Field(name="username", label=_("User name of the sendsms user")),
        Field(
            name="sendsms",
            label=_("Address of sendsms"),
            help=_(
                "For example http://127.0.0.1:13013/cgi-bin/sendsms. Beyond this machine only with https."
            ),
            fixed=True,
        ),
        Field(name="sender", label=_("Sender that people see"), required=False),
        Field(name="smsc", label=_("Id of the connection at the gateway"), required=False),
        Field(
            name="parameters",
            label=_("Further parameters of each message"),
            help=_(
                "By the names of the gateway's smpp-tlv groups, for example in India: dlt_entity=entity id."
            ),
            required=False,
        ),
        Field(
            name="registered_texts",
            label=_("Registered texts (India, DLT)"),
            help=_(
                "One template a line: its id, =, its text with {#var#}. Each message then carries the id of its "
                "template as dlt_template, and what fits none is not sent."
            ),
            required=False,
            lines=True,
        ),
    ),
    count=count,
    read=read,
    verify=verify,
    send=send,
    join=parts.join,
    reached_at="sms:+{digits}",
    by_phone=True,
    forgeable=True,
    by_get=True,
    tariff=TARIFF,
    accepts=accepts,
    check=check,
    known_by=_("The number or short code, as the gateway writes it."),
    steps=(
        _(
            "At the gateway a group sendsms-user: user name, password (enter both here), concatenation = true."
        ),
        _("A group sms-service: keyword = default, max-messages = 0, omit-empty = true, and the next line."),
        'get-url = "{hook}?secret=SECRET&kind=mo&from=%p&to=%P&text=%b&coding=%c&charset=%C&udh=%u&id=%I&time=%T"',
        _("In that line put the secret of the hook from here in the place of SECRET."),
        _(
            "In the group smsbox: http-request-retry = 1000 and http-queue-delay = 10, so that a message is brought "
            "again while Rabta can't keep it."
        ),
        _(
            "Each number is an account of its own here. Delivery reports need nothing: Rabta names their address with "
            "every message."
        ),
        _("Press Test here. Then write an SMS to the number: it appears at the desk."),
    ),
)
