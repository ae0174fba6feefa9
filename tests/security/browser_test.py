"""A real browser on every page: nothing is asked of anybody else, and the content security policy is never broken."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from rabta.demo.force import PASSWORD
from rabta.supervisor import rabta_command
from tests import browsing, running
from tests.faults.kill_test import SETUP
from tests.figures import Figure, measured
from tests.intake.site import Site

pytestmark = pytest.mark.browser
# Who opens what; the public pages first. Phones are 360 wide, Urdu is read from right to left.
PAGES = {
    "": (
        "/",
        "/status/",
        "/numbers/",
        "/login/",
        "/login/phone/",
        "/versions/",
        "/news/",
        "/officer/offline/",
        "/no such page",
    ),
    "arif-zaman": ("/desk/", "/desk/?queue=all", "/account/"),
    "mehreen-saleem": ("/supervisor/", "/desk/intake/"),
    "noor-haider": ("/officer/",),
    "salma-kakar": ("/record/", "/record/?case=nothing", "/supervisor/"),
    "bilal-yaqoob": ("/record/", "/setup/"),
    "haroon-bangash": ("/groups/", "/groups/bulletins/new/", "/groups/directions/", "/press/"),
    "zarar-yusufzai": ("/figures/overview/", "/figures/places/", "/review/"),
}
LOOKS = ((1280, "en"), (360, "ur"))


def looks() -> Iterator[tuple[str, int, str]]:
    """(user, width, language): each user at both, or by turns at one of them and the public at both."""
    for number, user in enumerate(PAGES):
        of_user = [LOOKS[number % 2]] if user and not measured(whole=1, part=0) else LOOKS
        yield from ((user, width, language) for width, language in of_user)


class Pages(Site):
    """The demonstration's force and its pages; no other process is asked for them."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, setup=SETUP, RABTA_DEMO="1")
        self.address = f"http://127.0.0.1:{self.port}"
        with (home / "web.log").open("wb") as log:
            self.web = running.start(
                rabta_command("web"), environment=self.environment("rabta_web"), stdout=log, stderr=log
            )
        running.wait_until(lambda: running.ask(self.port, "/health")[0] == 200, child=self.web)

    def close(self) -> None:
        running.stop(self.web)
        super().close()


@pytest.fixture(scope="module")
def pages(new_home: Callable[[], Path]) -> Iterator[Pages]:
    pages = Pages(new_home())
    try:
        yield pages
    finally:
        pages.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.chromium() as browser:
        yield browser


def visits(
    browser: Browser, pages: Pages, user: str, *, width: int, language: str
) -> Iterator[tuple[str, Page]]:
    """Each page of the user, in a browser of its own."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.set_default_timeout(20_000)
    page = context.new_page()
    yield "set-up", page
    if user:
        page.goto(f"{pages.address}/login/?lang={language}")
        page.fill("input[name=username]", user)
        page.fill("input[name=password]", PASSWORD)
        page.click("form button[type=submit]")
        page.wait_for_url(lambda url: "/login" not in url)
    for path in PAGES[user]:
        page.goto(f"{pages.address}{path}{'&' if '?' in path else '?'}lang={language}")
        page.wait_for_load_state("load")
        yield path, page
    context.close()


@pytest.mark.security
@pytest.mark.faults
def test_no_page_asks_anybody_else_or_breaks_its_policy(
    browser: Browser, pages: Pages, figure: Figure
) -> None:
    asked: set[str] = set()
    broken: list[str] = []
    seen, wide = 0, []
    for user, width, language in looks():
        for path, page in visits(browser, pages, user, width=width, language=language):
            if path == "set-up":
                page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
                page.on(
                    "console",
                    lambda said: broken.append(said.text) if "Content Security" in said.text else None,
                )
                continue
            seen += 1
            assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ur" else "ltr")
            if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
                wide.append(f"{path} at {width}")
    ours = urlsplit(pages.address).netloc
    foreign = sorted(asked - {ours, ""})
    figure("other hosts that pages asked", f"{len(foreign)} over {seen} pages", "0")
    figure("breaches of the content security policy", f"{len(broken)} over {seen} pages", "0")
    assert not foreign and not broken and seen == sum(len(PAGES[user]) for user, *_ in looks())
    assert not [one for one in wide if one.startswith("/record/")]


def test_the_trial_notices_a_stranger_and_a_breach(browser: Browser, pages: Pages) -> None:
    page = browser.new_page()
    page.goto(f"{pages.address}/")
    with page.expect_console_message(lambda said: "Content Security" in said.text):
        page.evaluate(
            "() => { const i = new Image(); i.src = 'http://127.0.0.1:9/x.png'; document.body.append(i);"
            " const s = document.createElement('script'); s.textContent = '1'; document.body.append(s); }"
        )
    page.close()
