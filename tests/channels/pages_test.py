"""Facebook and Instagram against the simulated provider: what hooks bring, what is asked for, all ways of sending."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rabta.channels.contract import (
    Arrived,
    Button,
    HookRequest,
    Ignored,
    Letter,
    Place,
    Receipt,
    Template,
    Trouble,
    TroubleCode,
)  # fmt: skip
from rabta.channels.facebook import CHANNEL as FACEBOOK
from rabta.channels.facebook import sending as page_sending
from rabta.channels.instagram import CHANNEL as INSTAGRAM_CHANNEL
from rabta.channels.instagram import sending as instagram_sending
from rabta.channels.meta import sending as private_sending
from tests.channels.square import collected, letter, on_the_square, read_all, troubled
from tests.simulator.pages import INSTAGRAM, PAGE, Square
from tests.simulator.stage import CITIZEN, PIXEL, SECRET

DAY = 86_400
STRANGE_ADDRESSES = (
    "https://evil.example/x.jpg", "http://scontent.fbcdn.net/x", "https://fbcdn.net.evil.example/", "x", "https://[",
    "https://scontent.fbcdn.net:8443/x", "file:///etc/passwd",
)  # fmt: skip
LONG = " ".join(f"This is sentence number {n} of a long answer." for n in range(60))


def test_hooks_of_a_page_are_signed_and_read(tmp_path: Path) -> None:
    async def story(square: Square) -> None:
        import base64

        post = await square.does(
            "write", text="No light near Kotwali", photo=base64.b64encode(PIXEL).decode()
        )
        comment = await square.does("write", text="For three days now", parent=post)
        await square.does("edit", post=comment, text="For four days now")
        await square.does("hide", post=comment)
        await square.does("remove", post=comment)
        await square.does("react", post=post)
        said = await square.does("say", text="My bag was stolen")
        await square.does("edit-message", message=said, text="My bag and phone were stolen")
        await square.does("react-message", message=said, emoji="👍")
        await square.does("unsend", message=said)
        await square.does("press", title="Complaint", payload="kind:complaint")
        await square.does("write", text="anonymous words", hide_author=True)
        await square.does("write", text="@Police where are you", elsewhere=True)
        hooks = await square.hooks(13)
        body, headers = square.stage.business.posts[0]
        request = HookRequest(headers={k.lower(): v for k, v in headers.items()}, query={}, body=body)
        assert FACEBOOK.verify and FACEBOOK.verify(request, {"app_secret": SECRET})
        assert not FACEBOOK.verify(request, {"app_secret": "other"})
        items = read_all(FACEBOOK, hooks)
        kinds = [(type(x).__name__, getattr(x, "what", "") or getattr(x, "reason", "")) for x in items]
        assert kinds == [
            ("Arrived", ""), ("Arrived", ""), ("Changed", "edit"), ("Ignored", "hide"), ("Changed", "revoke"),
            ("Ignored", "reaction"), ("Arrived", ""), ("Changed", "edit"), ("Changed", "reaction"),
            ("Changed", "revoke"), ("Arrived", ""), ("Arrived", ""), ("Arrived", ""),
        ]  # fmt: skip
        first, second, private, unknown, mention = (items[n] for n in (0, 1, 6, 11, 12))
        assert (
            isinstance(first, Arrived) and first.public and first.link.startswith("https://www.facebook.com/")
        )
        assert isinstance(second, Arrived) and second.in_reply_to == first.provider_id == post
        assert isinstance(private, Arrived) and not private.public
        assert private.sender.handle == first.sender.handle, "one person, whichever way"
        assert isinstance(unknown, Arrived) and unknown.sender.address.startswith("post:")
        assert isinstance(mention, Arrived) and mention.public
        assert FACEBOOK.fetch
        pieces = [piece async for piece in FACEBOOK.fetch(square.client, square.facts(), first.media[0].ref)]
        assert b"".join(pieces) == PIXEL
        for elsewhere in STRANGE_ADDRESSES:
            trouble = await troubled(collected(FACEBOOK.fetch(square.client, square.facts(), elsewhere)))
            assert trouble.code == TroubleCode.MEDIA, elsewhere

    on_the_square(tmp_path, story)


def test_hooks_of_instagram_are_read_and_a_mention_is_asked_for(tmp_path: Path) -> None:
    async def story(square: Square) -> None:
        facts = square.facts(INSTAGRAM)
        made = await instagram_sending.publish_photo(
            square.client, facts, image_url=f"{facts.values['api_url']}/static/icon.svg", text="Traffic today"
        )
        comment = await square.does(
            "write", page=INSTAGRAM, text="A fight in Saddar", parent=made.provider_id
        )
        await square.does("write", page=INSTAGRAM, text="again", parent=comment, envelope="flat")
        post = await square.does("write", page=INSTAGRAM, text="@police look", elsewhere=True)
        await square.does("write", page=INSTAGRAM, text="@police help", elsewhere=True, parent=post)
        await square.does("say", page=INSTAGRAM, text="Salaam")
        items = read_all(INSTAGRAM_CHANNEL, await square.hooks(5))
        assert [type(item) for item in items] == [Arrived, Arrived, Ignored, Ignored, Arrived]
        assert isinstance(items[1], Arrived) and items[1].in_reply_to == comment
        asks = [item.ask for item in items if isinstance(item, Ignored)]
        assert INSTAGRAM_CHANNEL.complete
        bodies = [await INSTAGRAM_CHANNEL.complete(square.client, facts, ask) for ask in asks]
        told = read_all(INSTAGRAM_CHANNEL, bodies)
        assert [item.text for item in told if isinstance(item, Arrived)] == ["@police look", "@police help"]
        assert all(isinstance(item, Arrived) and item.sender.known_as == "@gul.bibi" for item in told)
        mention = told[1]
        assert isinstance(mention, Arrived) and mention.link
        assert INSTAGRAM_CHANNEL.check and await INSTAGRAM_CHANNEL.check(square.client, facts) == "police"
        answer = letter("@gul.bibi", text="Thank you.", public=True, in_reply_to=mention.provider_id)
        assert (await instagram_sending.send(square.client, facts, answer)).provider_id
        private = await troubled(instagram_sending.send(square.client, facts, letter("@gul.bibi", text="x")))
        assert private.code == TroubleCode.RECIPIENT
        under = letter("", text="Thank you.", public=True, in_reply_to=comment)
        await instagram_sending.send(square.client, facts, under)
        bad = await troubled(INSTAGRAM_CHANNEL.complete(square.client, facts, "1){x:2"))
        assert bad.code == TroubleCode.REFUSED

    on_the_square(tmp_path, story)


def test_a_mention_without_its_text_is_asked_for_once(tmp_path: Path) -> None:
    async def story(square: Square) -> None:
        post = await square.does("write", text="@Police come", elsewhere=True)
        assert FACEBOOK.complete
        body = await FACEBOOK.complete(square.client, square.facts(), f"post:{post}")
        (item,) = FACEBOOK.read(body)
        assert isinstance(item, Arrived) and item.text == "@Police come" and item.public
        (told,) = FACEBOOK.read((await square.hooks(1))[0])
        assert item.key == told.key, "whoever tells of it, it is one"

    on_the_square(tmp_path, story)


def test_everything_that_can_be_sent_is_taken(tmp_path: Path) -> None:
    async def story(square: Square) -> None:
        await square.does("say", text="Salaam")
        (asked,) = read_all(FACEBOOK, await square.hooks(1))
        assert isinstance(asked, Arrived)
        to = asked.sender.address
        letters = [
            letter(to, text="وعلیکم السلام", in_reply_to=asked.provider_id),
            letter(to, media=PIXEL, media_kind="image", media_mime="image/png", text="seen"),
            letter(to, place=Place(lat=34.01, lng=71.57, name="Station")),
            letter(to, text="Which?", buttons=(Button(key="kind:tip", title="A tip"),)),
            letter(to, text=LONG),
        ]
        for each in letters:
            sent = await page_sending.send(square.client, square.facts(), each)
            assert sent.provider_id.startswith("m_")
        talk = [one for one in (await square.shown())["talk"] if one["author"] == "page"]
        assert [one["text"] for one in talk[:4]] == [
            "وعلیکم السلام",
            "",
            "seen",
            "Station\nhttps://maps.google.com/?q=34.010000,71.570000",
        ]
        assert talk[1]["photo"]
        parts = [one["text"] for one in talk[5:]]
        assert " ".join(parts) == LONG and all(len(part) <= 1000 and part.endswith(".") for part in parts)
        await square.stage.until(
            lambda: sum("delivery" in str(entry) for entry in square.entries()) == len(talk)
        )
        await square.does("read")
        await square.stage.until(lambda: "'read'" in str(square.entries()[-1]))
        receipts = [item for item in read_all(FACEBOOK, square.bodies()) if isinstance(item, Receipt)]
        proved = [item for item in receipts if item.status == "sent"]
        assert len(proved) == len(letters), "one echo with our token for each letter, when all of it is there"
        assert {item.token for item in proved} == {letters[0].token}
        assert sum(item.status == "delivered" for item in receipts) == len(talk)
        (seen,) = [item for item in receipts if item.status == "read"]
        assert seen.up_to and seen.up_to.handle == asked.sender.handle and not seen.provider_id

    on_the_square(tmp_path, story)


def test_a_comment_is_answered_in_public_and_once_in_private(tmp_path: Path) -> None:
    async def story(square: Square) -> None:
        facts, send = square.facts(), page_sending.send
        post = await page_sending.publish_post(square.client, facts, text="Call 15 in danger")
        photo = await page_sending.publish_photo(
            square.client, facts, photo=PIXEL, mime="image/png", text="Found"
        )
        assert photo.provider_id.startswith(PAGE)
        comment = await square.does("write", text="My bike is gone", parent=post.provider_id)
        items = read_all(FACEBOOK, await square.hooks(3))
        assert [type(item) for item in items] == [Ignored, Ignored, Arrived], "our own posts are echoes"
        writer = items[2].sender.address  # type: ignore[union-attr]
        thanks = await send(
            square.client, facts, letter("", text="Thank you.", public=True, in_reply_to=comment)
        )
        reply = await square.does("write", text="When?", parent=thanks.provider_id)
        heard = [item for item in read_all(FACEBOOK, await square.hooks(5)) if isinstance(item, Arrived)]
        (answer,) = [item for item in heard if item.text == "When?"]
        assert answer.in_reply_to == thanks.provider_id and answer.provider_id == reply
        direct = await troubled(send(square.client, facts, letter(writer, text="too early")))
        assert direct.code == TroubleCode.WINDOW_CLOSED
        await send(square.client, facts, letter(writer, text=LONG[:90], in_reply_to=comment))
        again = await troubled(send(square.client, facts, letter(writer, text="again", in_reply_to=comment)))
        assert again.code == TroubleCode.WINDOW_CLOSED, "only the person can go on"
        await square.does("say", text="I am here")
        await send(square.client, facts, letter(writer, text="again", in_reply_to=comment))
        hidden = await square.does("write", text="who am I", parent=post.provider_id, hide_author=True)
        await send(square.client, facts, letter(f"comment:{hidden}", text="You alone read this."))
        for bad in (
            letter("", text="x", public=True),
            letter("", text=" ", public=True, in_reply_to=comment),
        ):
            assert (await troubled(send(square.client, facts, bad))).code == TroubleCode.REFUSED
        gone = await square.does("write", text="oh", parent=post.provider_id)
        await square.does("remove", post=gone)
        late = letter("", text="x", public=True, in_reply_to=gone)
        assert (await troubled(send(square.client, facts, late))).code == TroubleCode.RECIPIENT

    on_the_square(tmp_path, story)


def test_the_window_and_the_providers_refusals(tmp_path: Path) -> None:
    async def story(square: Square) -> None:
        facts, send = square.facts(), page_sending.send
        await square.does("say", text="two days ago", timestamp=time.time() - 2 * DAY)
        (item,) = read_all(FACEBOOK, await square.hooks(1))
        assert isinstance(item, Arrived)
        to = item.sender.address

        async def code(given: Letter, account: Any = facts) -> tuple[TroubleCode, bool]:
            trouble = await troubled(send(square.client, account, given))
            return trouble.code, trouble.retry

        assert await code(letter(to, text="x")) == (TroubleCode.WINDOW_CLOSED, False)
        await send(square.client, facts, letter(to, text="from an officer", late=True))
        template = letter(to, template=Template(name="neutral_v1", language="ur"))
        assert await code(template) == (TroubleCode.WINDOW_CLOSED, False)
        assert await code(letter("6999999999999999", text="x")) == (TroubleCode.RECIPIENT, False)
        assert await code(letter("../me", text="x")) == (TroubleCode.RECIPIENT, False)
        assert await code(letter(to, text="x", late=True), square.facts(access_token="wrong")) == (
            TroubleCode.CREDENTIALS, False,
        )  # fmt: skip
        await square.stage.call("PUT", f"/sim/people/{CITIZEN}/state", {"state": "unreachable"})
        assert await code(letter(to, text="x", late=True)) == (TroubleCode.RECIPIENT, False)
        await square.stage.call("PUT", f"/sim/people/{CITIZEN}/state", {"state": "on"})
        await square.faults(http_429=1.0)
        assert await code(letter(to, text="x", late=True)) == (TroubleCode.BUSY, True)
        await square.faults(http_429=0, http_5xx=1.0)
        assert await code(letter(to, text="x", late=True)) == (TroubleCode.UNREACHABLE, True)
        await square.faults(http_5xx=0, lost_response=1.0)
        assert await code(letter(to, text="x", late=True)) == (TroubleCode.UNCERTAIN, False)

    on_the_square(tmp_path, story)


def test_a_letter_that_breaks_off_after_its_first_part_is_in_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(square: Square) -> None:
        await square.does("say", text="Salaam")
        (item,) = read_all(FACEBOOK, await square.hooks(1))
        assert isinstance(item, Arrived)
        real, calls = private_sending._deliver, 0

        async def breaking(*values: Any) -> tuple[str, str]:
            nonlocal calls
            calls += 1
            if 1 < calls < broken_until:
                raise Trouble(TroubleCode.BUSY, "613", retry=True)
            return await real(*values)

        monkeypatch.setattr(private_sending, "_deliver", breaking)
        monkeypatch.setattr(private_sending, "PAUSES", (0.0, 0.0))
        broken_until = 3
        await page_sending.send(square.client, square.facts(), letter(item.sender.address, text=LONG))
        talk = [one["text"] for one in (await square.shown())["talk"] if one["author"] == "page"]
        assert " ".join(talk) == LONG, "what failed in passing was tried again, and nothing came twice"
        calls, broken_until = 0, 99
        trouble = await troubled(
            page_sending.send(square.client, square.facts(), letter(item.sender.address, text=LONG))
        )
        assert trouble.code == TroubleCode.UNCERTAIN and trouble.text.startswith("part 2 of ")

    on_the_square(tmp_path, story)


def test_what_hooks_did_not_bring_is_asked_for_and_has_the_same_keys(tmp_path: Path) -> None:
    async def story(square: Square) -> None:
        began = datetime.now(UTC) - timedelta(minutes=5)
        old = await square.does("write", text="long ago", timestamp=time.time() - 3 * DAY)
        post = await square.does("write", text="No light near Kotwali")
        comment = await square.does("write", text="Nor here", parent=old)
        await square.does("say", text="My bag was stolen")
        for n in range(30):  # more than one page of the list
            await square.does("write", text=f"post {n}", deliver=False)
        lost = await square.does("write", text="a lost comment", parent=comment, deliver=False)
        await square.does("say", text="a lost message", deliver=False)
        hooks = [x for x in read_all(FACEBOOK, await square.hooks(4)) if isinstance(x, Arrived)]
        assert FACEBOOK.poll
        asked = [
            item
            for item in read_all(
                FACEBOOK, await collected(FACEBOOK.poll(square.client, square.facts(), began))
            )
            if isinstance(item, Arrived)
        ]
        keys = {item.key for item in asked}
        new = {item.key for item in hooks if item.text != "long ago"}
        assert new <= keys and len(keys) == len(new) + 32 and len(asked) == len(keys)
        texts = {item.text: item for item in asked}
        assert texts["a lost comment"].provider_id == lost and texts["a lost comment"].in_reply_to == comment
        assert {"a lost message", "post 0"} <= texts.keys() and "long ago" not in texts
        same = next(item for item in hooks if item.provider_id == post)
        assert (
            texts[same.text].sender.handle == same.sender.handle and texts[same.text].sent_at == same.sent_at
        )

        await instagram_sending.publish_photo(
            square.client,
            square.facts(INSTAGRAM),
            image_url=f"{square.facts().values['api_url']}/static/icon.svg",
            text="a",
        )
        picture = (await square.shown(page=INSTAGRAM))["posts"][0]["id"]
        one = await square.does("write", page=INSTAGRAM, text="lost", parent=picture, deliver=False)
        await square.does("write", page=INSTAGRAM, text="lost reply", parent=one, deliver=False)
        await square.does("say", page=INSTAGRAM, text="lost word", deliver=False)
        assert INSTAGRAM_CHANNEL.poll
        bodies = await collected(INSTAGRAM_CHANNEL.poll(square.client, square.facts(INSTAGRAM), began))
        found = [item for item in read_all(INSTAGRAM_CHANNEL, bodies) if isinstance(item, Arrived)]
        assert {item.text for item in found} == {"lost", "lost reply", "lost word"}
        assert {item.in_reply_to for item in found} == {picture, one, ""}

    on_the_square(tmp_path, story)


def test_posts_of_our_own_say_so_and_tell_where_they_stand(tmp_path: Path) -> None:
    async def story(square: Square) -> None:
        page, pictures = square.facts(), square.facts(INSTAGRAM)
        words = await page_sending.send(
            square.client, page, letter("", text="Road open", public=True, own_post=True)
        )
        photo = letter(
            "",
            text="Found",
            public=True,
            own_post=True,
            media=PIXEL,
            media_kind="image",
            media_mime="image/png",
            alt_text="A bag",
        )
        seen = await page_sending.send(square.client, page, photo)
        film = replace(
            photo, media=b"film", media_kind="video", media_mime="video/mp4", text="See", alt_text=""
        )
        moves = await page_sending.send(square.client, page, film)
        assert moves.link == f"https://www.facebook.com/{PAGE}/videos/{moves.provider_id}"
        shown = (await square.shown())["posts"][0]
        assert (shown["text"], shown["film"]) == ("See", True)
        assert words.link == f"https://www.facebook.com/{words.provider_id}" and seen.link != words.link
        lent = f"{page.values['api_url']}/static/icon.svg"
        here = await instagram_sending.send(
            square.client,
            pictures,
            letter("", text="Look", public=True, own_post=True, media_url=lent, alt_text="A light"),
        )
        assert here.link.startswith("https://www.instagram.com/p/")
        posts = (await square.shown(page=INSTAGRAM))["posts"]
        assert posts[0]["text"] == "Look" and posts[0]["photo"], "the provider fetched the picture"
        its = f"{page.values['api_url']}/social/files/{shown['photo']}"
        reel = letter("", text="See", public=True, own_post=True, media_url=its, media_kind="video")
        assert (await instagram_sending.send(square.client, pictures, reel)).link
        assert (await square.shown(page=INSTAGRAM))["posts"][0]["film"], "and the film"
        for bad in ("/nothing.jpg", "/wall"):
            gone = letter("", text="Gone", public=True, own_post=True, media_url=page.values["api_url"] + bad)
            trouble = await troubled(instagram_sending.send(square.client, pictures, gone))
            assert trouble.code == TroubleCode.MEDIA
        none = await troubled(
            instagram_sending.send(square.client, pictures, letter("", text="x", public=True, own_post=True))
        )
        assert none.code == TroubleCode.MEDIA

    on_the_square(tmp_path, story)
