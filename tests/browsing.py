"""The browser of the tests: Debian's Chromium. While it runs, its loop runs in the thread of the tests.

The one without windows does the same for a quarter less work; the whole one serves where that is not to be had.
"""

import contextlib
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
# The pages behind the address bar, which nobody sees here, cost each window as much as a page of ours. Chromium obeys
# the last list only, so that what Playwright turns off stands here again.
WITHOUT = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
SWITCHES = ["--no-sandbox", "--disable-gpu", f"--disable-features={','.join(WITHOUT)}"]


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """One browser for many tests; each opens contexts of its own in it."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as driver:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Django sees the browser's loop and would refuse
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()
