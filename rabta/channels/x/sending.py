"""Sending: an answer under a post, a post of our own, or a direct message."""

from datetime import UTC, datetime

import orjson

from rabta.channels.contract import AccountFacts, Letter, Sent, Session, Trouble, TroubleCode
from rabta.channels.shapes import Json, optional, text_of
from rabta.channels.x import api, media, weights
from rabta.channels.x.tariff import LINK

JSON = {"Content-Type": "application/json"}


async def send(session: Session, account: AccountFacts, letter: Letter) -> Sent:
    """Hand one letter over. Raises Trouble, UNCERTAIN when it may have been taken."""
    if letter.template or letter.place:
        raise Trouble(TroubleCode.REFUSED, "X carries no templates and no places")
    attached = [await media.upload(session, account, letter)] if letter.media is not None else []
    if letter.public:
        return await _post(session, account, letter, attached)
    return await _tell(session, account, letter, attached)


async def _tell(session: Session, account: AccountFacts, letter: Letter, attached: list[str]) -> Sent:
    """A direct message. X delivers it where that person lets us write."""
    body: Json = {"text": letter.text} if letter.text else {}
    if attached:
        body["attachments"] = [{"media_id": attached[0]}]
    url = api.address(account, "dm_conversations", "with", letter.to, "messages")
    answer = await api.post(
        session, url, account, broken=TroubleCode.UNCERTAIN, forbidden=TroubleCode.RECIPIENT,
        data=orjson.dumps(body), headers=JSON,
    )  # fmt: skip
    return Sent(provider_id=_id(answer, "dm_event_id"))


async def _post(session: Session, account: AccountFacts, letter: Letter, attached: list[str]) -> Sent:
    """A post, or several that follow each other. Links are refused: such a post costs far more."""
    if not letter.in_reply_to and not letter.own_post:
        raise Trouble(TroubleCode.REFUSED, "no post to answer under")
    if letter.in_reply_to and LINK.search(letter.text):
        raise Trouble(TroubleCode.REFUSED, "an answer in public carries no link")
    pieces = weights.parts(letter.text) or [""]
    after, first = letter.in_reply_to, ""
    for number, text in enumerate(pieces):
        try:
            after = await _said(session, account, text, after=after, attached=[] if number else attached)
        except Trouble as trouble:
            if number:  # some of it stands there already: a person decides
                raise Trouble(TroubleCode.UNCERTAIN, f"{number} of {len(pieces)}: {trouble.text}") from None
            raise
        first = first or after
    return Sent(provider_id=first, link=f"https://x.com/i/web/status/{first}")


async def _said(
    session: Session, account: AccountFacts, text: str, *, after: str, attached: list[str]
) -> str:
    """One post. An answer whose words stand under another post already gets the time of day, and is a new one."""
    try:
        return await _one(session, account, text, after=after, attached=attached)
    except Trouble as trouble:
        told_apart = f"{text} · {datetime.now(UTC):%H:%M:%S} UTC"
        again = (
            after
            and api.DUPLICATE in trouble.text.casefold()
            and weights.weight(told_apart) <= weights.LONGEST
        )
        if not again:
            raise
    return await _one(session, account, told_apart, after=after, attached=attached)


async def _one(session: Session, account: AccountFacts, text: str, *, after: str, attached: list[str]) -> str:
    body: Json = {"text": text}
    if after:
        body["reply"] = {"in_reply_to_tweet_id": after}
    if attached:
        body["media"] = {"media_ids": attached}
    answer = await api.post(
        session, api.address(account, "tweets"), account, broken=TroubleCode.UNCERTAIN,
        forbidden=TroubleCode.RECIPIENT, data=orjson.dumps(body), headers=JSON,
    )  # fmt: skip
    return _id(answer, "id")


def _id(answer: Json, name: str) -> str:
    found = text_of(optional(answer, "data"), name, longest=40)
    if not found:
        raise Trouble(TroubleCode.UNCERTAIN, "an answer without an id")
    return found
