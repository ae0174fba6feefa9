"""Pictures and films: fetching what a person attached, uploading what we send."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from aiohttp import FormData

from rabta.channels.contract import AccountFacts, Letter, Session, Trouble, TroubleCode
from rabta.channels.meta.graph import failing_as, timeout
from rabta.channels.shapes import optional, text_of
from rabta.channels.x import api

MB = 1024 * 1024
LARGEST = {"image": 5 * MB, "video": 15 * MB}
CHUNK = 64 * 1024
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
    """Bring a picture to X; its media id. Nobody sees anything by this, so it may be repeated."""
    if letter.media_kind != "image":
        raise Trouble(TroubleCode.MEDIA, "only pictures are sent over X")
    form = FormData()
    category = "tweet_image" if letter.public else "dm_image"
    form.add_field("media_category", category)
    form.add_field("media_type", letter.media_mime)
    form.add_field("media", letter.media, filename="picture", content_type=letter.media_mime)
    answer = await api.post(
        session, api.address(account, "media", "upload"), account,
        broken=TroubleCode.UNREACHABLE, forbidden=TroubleCode.MEDIA, total=120, data=form,
    )  # fmt: skip
    media_id = text_of(optional(answer, "data"), "id", longest=40)
    if not media_id:
        raise Trouble(TroubleCode.MEDIA, "an upload without a media id", retry=True)
    return media_id
