"""Passkeys in a real browser with Chromium's virtual authenticator, under the pages' own content security policy."""

import pytest
from playwright.sync_api import expect

from tests.web.accounts import stage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE = 60_000  # milliseconds; only a test that fails waits so long
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_set_up_used_as_second_factor_alone_and_to_confirm(web, chromium, axe_script):
    force, errors = stage.make(), []
    address = f"http://localhost:{web.port}"  # a passkey belongs to a name
    with chromium.new_context(base_url=address, viewport={"width": 390, "height": 844}) as context:
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
        devices = context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})

        def forget() -> None:
            """The browser knows of no session any more; the open page, which asks for news with it, goes first."""
            page.wait_for_load_state("load")
            page.goto("about:blank")
            context.clear_cookies()

        def type_password() -> None:
            page.goto("/login/")
            page.fill("[name=username]", "administrator")
            page.fill("[name=password]", stage.PASSWORD)
            page.click("main [type=submit]")

        # It is set up.
        type_password()
        page.wait_for_url("**/setup/**")
        page.goto("/account/passkey/")
        page.click("#passkey-add")
        page.wait_for_url("**/account/codes/")
        expect(page.locator(".codes li")).to_have_count(10)

        # After the password it is the second step; without it nobody goes on.
        forget()
        type_password()
        page.wait_for_url("**/login/code/")
        page.goto("/officers/sign-in/")
        page.wait_for_url("**/login/code/**")
        page.click("#passkey-use")
        page.wait_for_url("**/setup/**")

        # It confirms, and alone it signs in.
        page.goto(f"/account/confirm/?next=/officers/sign-in/{force.sho.public_id}/")
        page.click("#passkey-use")
        page.wait_for_url(f"**/officers/sign-in/{force.sho.public_id}/")
        forget()
        page.goto("/login/")
        page.click("#passkey-login")
        page.wait_for_url("**/setup/**")

        # Its pages keep nobody out.
        for address in ("/account/", "/account/app/", "/account/passkey/", "/officers/sign-in/"):
            page.goto(address)
            page.evaluate(axe_script)
            found = page.evaluate(
                "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"
            )
            assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == [], address
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address

        # A key that is gone from the device opens nothing.
        forget()
        devices.send("WebAuthn.disable")
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
        page.goto("/login/")
        page.click("#passkey-login")
        expect(page.locator("[data-passkey-trouble]")).to_be_visible()
    assert errors == []
