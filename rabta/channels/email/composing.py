"""A letter as a message: plain text that every program shows, threaded under what it answers, told to be automatic."""

import re
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from html import escape

from rabta.channels.contract import AccountFacts, Letter, Trouble, TroubleCode
from rabta.channels.email import mime, reports
from rabta.channels.email.fields import Facts

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LINK = re.compile(r"https?://[^\s<>\"']+")
_SPECIAL = re.compile(r"[\x00-\x1f\x7f]")


def compose(account: AccountFacts, facts: Facts, letter: Letter) -> EmailMessage:
    """The message for a letter. Raises Trouble when it can't be one."""
    if letter.template is not None or not (letter.text.strip() or letter.media):
        raise Trouble(TroubleCode.TEMPLATE, "an e-mail is text")
    to, sender = (
        _address(letter.to, TroubleCode.RECIPIENT),
        _address(account.external_id, TroubleCode.CREDENTIALS),
    )
    plain = letter.to.isascii()
    message = EmailMessage(policy=SMTP if plain else SMTPUTF8)
    message["From"] = Address(_one_line(facts.from_name), addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = reports.message_id(letter.token, address=sender)
    id, _, subject = letter.in_reply_to.partition(" ")
    answers = id.startswith("<") and id.endswith(">") and id.isascii() and id.isprintable()
    message["Subject"] = _one_line(f"Re: {subject}" if answers and subject else facts.subject)
    if answers:
        message["In-Reply-To"] = message["References"] = id
    if not letter.personal:
        message["Auto-Submitted"] = "auto-replied" if answers else "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"  # Exchange knows no RFC 3834
    _fill(message, letter)
    return message


def _fill(message: EmailMessage, letter: Letter) -> None:
    text = letter.text.replace("\r\n", "\n").replace("\r", "\n")
    message.set_content(text + "\n", cte="quoted-printable")
    if _RIGHT_TO_LEFT.search(text):
        message.add_alternative(_page(text), subtype="html", cte="quoted-printable")
    if letter.media is not None:
        main, _, sub = (letter.media_mime or "application/octet-stream").partition("/")
        fits = re.fullmatch(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}", f"{main}/{sub}") and main not in (
            "text",
            "multipart",
            "message",
        )
        maintype, subtype = (main, sub) if fits else ("application", "octet-stream")
        message.add_attachment(
            letter.media,
            maintype=maintype,
            subtype=subtype,
            filename=_one_line(letter.media_name) or f"file.{subtype}",
        )


def _page(text: str) -> str:
    """The same words for programs that would set Urdu from left to right: each line finds its own direction."""
    lines = "".join(
        f'<p dir="auto" style="margin:0 0 .6em">{_linked(line)}</p>' for line in text.split("\n") if line
    )
    return f'<!doctype html><html><head><meta charset="utf-8"></head><body>{lines}</body></html>\n'


def _linked(line: str) -> str:
    found = escape(line)
    return _LINK.sub(lambda match: f'<a href="{match[0]}" dir="ltr">{match[0]}</a>', found)


def _address(given: str, code: TroubleCode) -> str:
    _name, address = mime.address_of(given)
    if not address or address != given.strip().casefold():
        raise Trouble(code, "not an e-mail address")
    return address


def _one_line(text: str) -> str:
    return " ".join(_SPECIAL.sub(" ", text).split())[:250]
