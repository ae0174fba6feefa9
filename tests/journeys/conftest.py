"""A whole demonstration for the journeys: the same processes that `make demo` starts, on ports of its own."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from rabta.supervisor import rabta_command
from tests import browsing, running

PATIENCE = 400  # seconds for a cold start on a busy machine


@dataclass(frozen=True)
class Demo:
    """A running demonstration."""

    home: Path
    port: int

    @property
    def pages(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def phones(self) -> str:
        return f"http://127.0.0.1:{self.port + 2}"

    @property
    def environment(self) -> dict[str, str]:
        return running.environment(self.home, port=self.port, COLUMNS="200", RABTA_DEMO_DAYS="2")

    def rabta(self, *words: str) -> str:
        """The output of a command beside the running demonstration."""
        command = rabta_command(*words)
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=True
        ).stdout


@pytest.fixture(scope="module")
def demo(new_home: Callable[[], Path]) -> Iterator[Demo]:
    """Started once for all journeys of a file; two days of history."""
    demo = Demo(home=new_home(), port=running.free_ports())
    log = demo.home / "demo.log"
    with log.open("wb") as output:
        process = running.start(
            rabta_command("demo"), environment=demo.environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_ready(process, log)
        yield demo
    finally:
        if process.poll() is None:
            running.stop(process)


def _wait_until_ready(process: running.Child, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not re.search(r"^Rabta is ready: ", log.read_text(errors="replace"), re.MULTILINE):
        assert process.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < until, log.read_text(errors="replace")
        time.sleep(0.2)


expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys of a file."""
    with browsing.chromium() as browser:
        yield browser


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, demo: Demo) -> Iterator[Visit]:
    """`visit("/desk/", user="arif-zaman", width=390)`: a page in a browser of its own; with `user`, signed in."""
    contexts: list[BrowserContext] = []

    def visiting(path: str, *, user: str = "", width: int = 1280, base: str = "") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="en-GB")
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.goto((base or demo.pages) + path)
        if user:
            from rabta.demo.force import PASSWORD

            page.fill("input[name=username]", user)
            page.fill("input[name=password]", PASSWORD)
            page.click("form button[type=submit]")
            page.wait_for_url(lambda url: "/login" not in url)
        return page

    yield visiting
    for context in contexts:
        context.close()
