"""A whole demonstration for the journeys: the same processes that `make demo` starts, on ports of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
PATIENCE = 180  # seconds for a cold start on a busy machine


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

    def rabta(self, *words: str) -> str:
        """The output of a command beside the running demonstration."""
        return subprocess.run(
            [sys.executable, "-m", "rabta", *words],
            env=_environment(self),
            capture_output=True,
            text=True,
            check=True,
        ).stdout


@pytest.fixture(scope="session")
def demo(new_home: Callable[[], Path]) -> Iterator[Demo]:
    """Started once for all journeys of this worker; two days of history."""
    demo = Demo(home=new_home(), port=_free_ports())
    log = demo.home / "demo.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "rabta", "demo"],
            env=_environment(demo) | {"RABTA_DEMO_DAYS": "2"},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, log)
        yield demo
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _environment(demo: Demo) -> dict[str, str]:
    """As from a fresh shell: nothing of the test's own site."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("RABTA_", "DJANGO_"))}
    return plain | {"RABTA_HOME": str(demo.home), "RABTA_PORT": str(demo.port), "COLUMNS": "200"}


def _free_ports() -> int:
    """A port with two free ones after it."""
    for port in range(18000 + os.getpid() % 1000 * 4, 60000, 4):
        sockets = [socket.socket() for _ in range(3)]
        try:
            for number, one in enumerate(sockets):
                one.bind(("127.0.0.1", port + number))
            return port
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()
    raise AssertionError("no free ports")


def _wait_until_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not re.search(r"^Rabta is ready: ", log.read_text(errors="replace"), re.MULTILINE):
        assert process.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < until, log.read_text(errors="replace")
        time.sleep(0.2)


expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys of this worker."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, demo: Demo) -> Iterator[Visit]:
    """`visit("/desk/", user="arif-zaman", width=390)`: a page in a browser of its own; with `user`, signed in."""
    contexts: list[BrowserContext] = []

    def visiting(path: str, *, user: str = "", width: int = 1280, base: str = "") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="en-GB")
        context.set_default_timeout(15_000)
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
