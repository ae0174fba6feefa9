"""Sending for an Instagram account: private messages, answers under comments and mentions, what we post ourselves."""

import asyncio

from rabta.channels.contract import AccountFacts, Letter, Sent, Session, Trouble, TroubleCode
from rabta.channels.meta import graph
from rabta.channels.meta.messaging import is_message
from rabta.channels.meta.sending import Way, post_for_id, send_privately
from rabta.channels.meta.troubles import GRAPH
from rabta.channels.shapes import Json, text_of

WAY = Way(longest=1000, longest_bytes=1000, upload={"platform": "instagram"})
LONGEST_COMMENT = 2200
READY_WITHIN = {"image": 120, "video": 300}  # seconds for the provider to fetch and prepare it
LOOK_EVERY = 3.0


async def send(session: Session, account: AccountFacts, letter: Letter) -> Sent:
    """Hand one letter over, in public or privately. Raises Trouble, UNCERTAIN when it may have been taken."""
    if letter.own_post:
        if not letter.media_url:
            raise Trouble(TroubleCode.MEDIA, "Instagram publishes nothing without a picture or film")
        if letter.media_kind == "video":
            return await publish_film(session, account, video_url=letter.media_url, text=letter.text)
        return await publish_photo(
            session, account, image_url=letter.media_url, text=letter.text, alt_text=letter.alt_text
        )
    if letter.public:
        return await answer_publicly(session, account, letter)
    return await send_privately(session, account, letter, WAY)


async def answer_publicly(session: Session, account: AccountFacts, letter: Letter) -> Sent:
    """An answer under a comment of ours, or under the picture of another that mentioned us (`media:comment`)."""
    target = letter.in_reply_to
    if not target or is_message(target) or "_" in target:
        raise Trouble(TroubleCode.REFUSED, "no comment to answer under")
    if not letter.text.strip() or len(letter.text) > LONGEST_COMMENT:
        raise Trouble(TroubleCode.REFUSED, "a comment has 1 to 2200 characters")
    media, mentioned, comment = target.partition(":")
    if not mentioned:
        path, body = (target, "replies"), {"message": letter.text}
    else:
        path, body = (account.external_id, "mentions"), {"media_id": media, "message": letter.text}
        body |= {"comment_id": comment} if comment else {}
    return Sent(provider_id=await post_for_id(session, account, path, body))


async def publish_photo(
    session: Session, account: AccountFacts, *, image_url: str, text: str, alt_text: str = ""
) -> Sent:
    """A picture on our account. The provider fetches `image_url` itself: a signed address of ours that expires.

    Raises Trouble, UNCERTAIN when it may stand there already.
    """
    body = {"image_url": image_url, "caption": text} | ({"alt_text": alt_text} if alt_text else {})
    return await _publish(session, account, body, ready_within=READY_WITHIN["image"])


async def publish_film(session: Session, account: AccountFacts, *, video_url: str, text: str) -> Sent:
    """A film on our account, which the provider calls a reel and fetches itself as it does a picture.

    Raises Trouble, UNCERTAIN when it may stand there already.
    """
    body = {"media_type": "REELS", "video_url": video_url, "caption": text}
    return await _publish(session, account, body, ready_within=READY_WITHIN["video"])


async def _publish(session: Session, account: AccountFacts, body: Json, *, ready_within: int) -> Sent:
    try:  # nobody sees a container, so making another one does no harm
        container = await post_for_id(session, account, (account.external_id, "media"), body)
    except Trouble as trouble:
        if trouble.code is not TroubleCode.UNCERTAIN:
            raise
        raise Trouble(TroubleCode.UNREACHABLE, trouble.text, retry=True) from None
    await _wait_until_ready(session, account, container, ready_within)
    path = (account.external_id, "media_publish")
    made = await post_for_id(session, account, path, {"creation_id": container})
    return Sent(provider_id=made, link=await _permalink(session, account, made))


async def _permalink(session: Session, account: AccountFacts, made: str) -> str:
    """Where it stands; empty when the provider does not say, for it stands there all the same."""
    try:
        answer = await GRAPH.get(session, graph.address(account, made), account, fields="permalink")
    except Trouble:
        return ""
    link = text_of(answer, "permalink", longest=300)
    return link if link.startswith("https://") else ""


async def _wait_until_ready(session: Session, account: AccountFacts, container: str, within: int) -> None:
    url = graph.address(account, container)
    try:
        async with asyncio.timeout(within):
            while True:
                state = text_of(await GRAPH.get(session, url, account, fields="status_code"), "status_code")
                if state in ("FINISHED", "PUBLISHED"):
                    return
                if state in ("ERROR", "EXPIRED"):
                    raise Trouble(TroubleCode.MEDIA, f"the provider did not take it: {state}")
                await asyncio.sleep(LOOK_EVERY)
    except TimeoutError:
        raise Trouble(TroubleCode.UNREACHABLE, "it is not ready yet", retry=True) from None
