"""Pictures and films: fetching what a person attached, uploading what we send."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from urllib.parse import urlsplit

from aiohttp import FormData

from rabta.channels.contract import AccountFacts, Letter, Session, Trouble, TroubleCode
from rabta.channels.meta.graph import failing_as, timeout
from rabta.channels.shapes import Json, optional, text_of
from rabta.channels.x import api

MB = 1024 * 1024
LARGEST = {"image": 5 * MB, "video": 15 * MB}
CHUNK = 64 * 1024
PIECE = 4 * MB  # of a film: X takes up to 5 MB at once
READY_WITHIN, LOOK_EVERY = 120, 3.0  # seconds
LONGEST_ALT = 1000
# Pictures of posts lie open; those of direct messages want a signature.
OPEN, SIGNED = ("pbs.twimg.com", "video.twimg.com"), ("ton.twitter.com", "ton.x.com")


async def fetch(session: Session, account: AccountFacts, ref: str) -> AsyncIterator[bytes]:
    """The bytes at an address of X, in pieces. Raises Trouble MEDIA for any other address and for too many."""
    given, ours = urlsplit(ref), urlsplit(api.api_url(account))
    same_server = (given.scheme, given.netloc) == (ours.scheme, ours.netloc)
    if not same_server and not (given.scheme == "https" and given.hostname in (*OPEN, *SIGNED)):
        raise Trouble(TroubleCode.MEDIA, "no address of the provider")
    headers = api.signed(account, ref, method="GET") if same_server or given.hostname in SIGNED else {}
    request = session.get(ref, headers=headers, timeout=timeout(total=300), allow_redirects=False)
    size, largest = 0, LARGEST["video" if given.path.endswith(".mp4") else "image"]
    async with failing_as(TroubleCode.UNREACHABLE), request as answer:
        if answer.status != 200:
            gone = answer.status in (403, 404, 410)
            raise Trouble(TroubleCode.MEDIA, f"HTTP {answer.status}", retry=not gone)
        async for chunk in answer.content.iter_chunked(CHUNK):
            size += len(chunk)
            if size > largest:
                raise Trouble(TroubleCode.MEDIA, f"more than {largest} bytes")
            yield chunk


async def upload(session: Session, account: AccountFacts, letter: Letter) -> str:
    """Bring a picture or film to X; its media id. Nobody sees anything by this, so it may be repeated."""
    content, kind = letter.media or b"", letter.media_kind
    if kind not in LARGEST or len(content) > LARGEST[kind]:
        raise Trouble(
            TroubleCode.MEDIA, f"over X go pictures up to {LARGEST['image'] // MB} MB and films up to 15 MB"
        )
    category = f"{'tweet' if letter.public else 'dm'}_{kind}"
    facts = {"media_category": category, "media_type": letter.media_mime}
    if kind == "image":
        media_id = _id(await _call(session, account, facts, content))
    else:
        media_id = await _in_pieces(session, account, facts, content)
    if letter.alt_text and kind == "image":
        await _describe(session, account, media_id, letter.alt_text)
    return media_id


async def _in_pieces(
    session: Session, account: AccountFacts, facts: Mapping[str, str], content: bytes
) -> str:
    """A film: announced, brought piece by piece, finished, and waited for until X has made it ready."""
    start = {"command": "INIT", "total_bytes": str(len(content))}
    media_id = _id(await _call(session, account, {**start, **facts}))
    for number, at in enumerate(range(0, len(content), PIECE)):
        append = {"command": "APPEND", "media_id": media_id, "segment_index": str(number)}
        await _call(session, account, append, content[at : at + PIECE], may_be_empty=True)
    answer = await _call(session, account, {"command": "FINALIZE", "media_id": media_id})
    try:
        async with asyncio.timeout(READY_WITHIN):
            while (state := _state(answer)) not in ("", "succeeded"):
                if state == "failed":
                    raise Trouble(TroubleCode.MEDIA, "X can't use this film")
                await asyncio.sleep(LOOK_EVERY)
                url = f"{api.address(account, 'media', 'upload')}?command=STATUS&media_id={media_id}"
                answer = await api.get(session, url, account)
    except TimeoutError:
        raise Trouble(TroubleCode.UNREACHABLE, "the film is not ready yet", retry=True) from None
    return media_id


def _state(answer: Json) -> str:
    """pending, in_progress, succeeded or failed; empty when there is nothing to wait for."""
    return text_of(optional(optional(answer, "data"), "processing_info"), "state", longest=20)


async def _describe(session: Session, account: AccountFacts, media_id: str, words: str) -> None:
    body = {"id": media_id, "metadata": {"alt_text": {"text": words[:LONGEST_ALT]}}}
    await api.post(
        session, api.address(account, "media", "metadata"), account,
        broken=TroubleCode.UNREACHABLE, forbidden=TroubleCode.MEDIA, json=body,
    )  # fmt: skip


async def _call(
    session: Session,
    account: AccountFacts,
    fields: Mapping[str, str],
    content: bytes | None = None,
    *,
    may_be_empty: bool = False,
) -> Json:
    form = FormData(default_to_multipart=True)
    for name, value in fields.items():
        form.add_field(name, value)
    if content is not None:
        form.add_field("media", BytesIO(content), filename="media", content_type="application/octet-stream")
    return await api.post(
        session, api.address(account, "media", "upload"), account, may_be_empty=may_be_empty,
        broken=TroubleCode.UNREACHABLE, forbidden=TroubleCode.MEDIA, total=120, data=form,
    )  # fmt: skip


def _id(answer: Json) -> str:
    media_id = text_of(optional(answer, "data"), "id", longest=40)
    if not media_id:
        raise Trouble(TroubleCode.MEDIA, "an upload without a media id", retry=True)
    return media_id
