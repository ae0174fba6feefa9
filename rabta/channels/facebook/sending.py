"""Sending for a Facebook Page: private messages, answers that everybody reads, posts, photos and films of our own."""

from io import BytesIO

from aiohttp import FormData

from rabta.channels.contract import AccountFacts, Letter, Sent, Session, Trouble, TroubleCode
from rabta.channels.meta import graph
from rabta.channels.meta.messaging import is_message
from rabta.channels.meta.sending import NAMES, Way, post_for_id, send_privately
from rabta.channels.meta.troubles import GRAPH
from rabta.channels.shapes import Json, text_of

WAY = Way(longest=1000, token=True)  # the provider says 2000; some clients met less
LONGEST_COMMENT = 8000


async def send(session: Session, account: AccountFacts, letter: Letter) -> Sent:
    """Hand one letter over, in public or privately. Raises Trouble, UNCERTAIN when it may have been taken."""
    if letter.own_post:
        return await _publish(session, account, letter)
    return await (answer_publicly if letter.public else _privately)(session, account, letter)


async def _publish(session: Session, account: AccountFacts, letter: Letter) -> Sent:
    if letter.media is None:
        return await publish_post(session, account, text=letter.text)
    if letter.media_kind == "video":
        return await publish_film(
            session, account, film=letter.media, mime=letter.media_mime, text=letter.text
        )
    if letter.media_kind != "image":
        raise Trouble(TroubleCode.MEDIA, "only pictures and films are published")
    return await publish_photo(
        session,
        account,
        photo=letter.media,
        mime=letter.media_mime,
        text=letter.text,
        alt_text=letter.alt_text,
    )


async def _privately(session: Session, account: AccountFacts, letter: Letter) -> Sent:
    return await send_privately(session, account, letter, WAY)


async def answer_publicly(session: Session, account: AccountFacts, letter: Letter) -> Sent:
    """A comment under the post or comment that the letter answers."""
    target = letter.in_reply_to
    if not target or is_message(target) or ":" in target:
        raise Trouble(TroubleCode.REFUSED, "no post to answer under")
    if not letter.text.strip() or len(letter.text) > LONGEST_COMMENT:
        raise Trouble(TroubleCode.REFUSED, "a comment has 1 to 8000 characters")
    made = await post_for_id(session, account, (target, "comments"), {"message": letter.text})
    return Sent(provider_id=made)


async def publish_post(session: Session, account: AccountFacts, *, text: str, link: str = "") -> Sent:
    """A post on our page. Raises Trouble, UNCERTAIN when it may stand there already."""
    body = {"message": text} | ({"link": link} if link else {})
    made = await post_for_id(session, account, (account.external_id, "feed"), body)
    return Sent(provider_id=made, link=f"https://www.facebook.com/{made}")


async def publish_photo(
    session: Session, account: AccountFacts, *, photo: bytes, mime: str, text: str, alt_text: str = ""
) -> Sent:
    """A photo with its text on our page. Raises Trouble, UNCERTAIN when it may stand there already."""
    words = {"caption": text} | ({"alt_text_custom": alt_text} if alt_text else {})
    answer = await _upload(session, account, "photos", words, photo, mime)
    made = text_of(answer, "post_id", longest=200) or text_of(answer, "id", longest=200)
    if not made:
        raise Trouble(TroubleCode.UNCERTAIN, "an answer without an id")
    return Sent(provider_id=made, link=f"https://www.facebook.com/{made}")


async def publish_film(session: Session, account: AccountFacts, *, film: bytes, mime: str, text: str) -> Sent:
    """A film with its text on our page. Raises Trouble, UNCERTAIN when it may stand there already."""
    answer = await _upload(session, account, "videos", {"description": text}, film, mime)
    made = text_of(answer, "id", longest=200)
    if not made:
        raise Trouble(TroubleCode.UNCERTAIN, "an answer without an id")
    return Sent(provider_id=made, link=f"https://www.facebook.com/{account.external_id}/videos/{made}")


async def _upload(
    session: Session, account: AccountFacts, edge: str, words: dict[str, str], content: bytes, mime: str
) -> Json:
    form = FormData()
    for name, value in words.items():
        form.add_field(name, value)
    form.add_field("source", BytesIO(content), filename=NAMES.get(mime, "file"), content_type=mime)
    url = graph.address(account, account.external_id, edge)
    return await GRAPH.post(session, url, account, broken=TroubleCode.UNCERTAIN, total=120, data=form)
