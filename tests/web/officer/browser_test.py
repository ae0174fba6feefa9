"""The phone in a real browser: without a line, without script, in both directions, and read by axe."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from rabta.cases.models import Evidence, Order, Report
from rabta.force.models import Officer
from rabta.intake.models import Journal
from rabta.web.models import Done
from tests.web.live.stream_test import sign_in
from tests.web.officer import stage
from tests.web.officer.stage import ordered, photo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
SOON = 60_000
# A phone that may not say where it is waits four seconds for each photo.
HERE = {"geolocation": {"latitude": 34.01, "longitude": 71.58}, "permissions": ["geolocation"]}
Telephone = Callable[..., BrowserContext]


@pytest.fixture
def telephone(web: Any, chromium: Browser) -> Iterator[Telephone]:
    """Opens a telephone of an officer, who is signed in."""
    address, opened = f"http://127.0.0.1:{web.port}", []

    def telephone(officer: Officer, *, language: str = "en", **facts: Any) -> BrowserContext:
        context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=address, **facts)
        cookies = {"rabta_language": language, "rabta_session": sign_in(officer)}
        context.add_cookies([{"name": n, "value": v, "url": address} for n, v in cookies.items()])
        opened.append(context)
        return context

    yield telephone
    for context in opened:
        context.close()


def opened(context: BrowserContext, path: str) -> Page:
    page = context.new_page()
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return page


def test_what_is_done_without_a_line_goes_out_once_when_it_is_back(
    telephone: Telephone, tmp_path: Path
) -> None:
    force = stage.make()
    order = ordered(force, force.sho, lat=34.0, lng=71.57)
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(photo().read())
    context = telephone(force.sho, **HERE)
    page = opened(context, "/officer/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.click(".o-task")
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    page.click("text=Accept")
    page.wait_for_selector("#outbox >> text=waiting to send")
    page.reload()
    assert page.inner_text("h1") == "Theft"  # kept on the phone
    assert "This is the page as it was" in page.inner_text("#kept")
    assert page.locator("#kept time").count() == 1
    page.wait_for_selector("#outbox >> text=waiting to send")
    page.goto("/officer/order/0123456789abcdef/")
    assert "no connection right now" in page.inner_text("main")
    page.goto(f"/officer/order/{order.public_id}/")
    context.set_offline(False)
    page.wait_for_selector("text=On my way", timeout=SOON)
    assert page.is_hidden("#kept")
    context.set_offline(True)
    page.set_input_files(".o-camera input[type=file] >> nth=0", picture)
    page.wait_for_selector("#outbox >> text=Photo")
    page.click("summary:has-text('Done')")
    page.fill("#text", "Returned the cycle")
    page.check("[value=action_taken]")
    page.check("[name=contact][value=telephone]")
    page.click("text=Send report")
    page.wait_for_selector("#outbox >> text=Report")
    context.set_offline(False)
    page.wait_for_selector("text=Returned the cycle", timeout=SOON)
    assert "being prepared" in page.inner_text("#photos")
    stage.prepared()
    page.wait_for_selector(".o-photos img", timeout=SOON)
    evidence, report = Evidence.objects.get(), Report.objects.get()
    assert (evidence.lat, evidence.lng) == (34.01, 71.58)
    assert evidence.taken_at is not None
    assert report.order == evidence.order == order
    assert Done.objects.count() == 3


def test_the_page_shows_the_result_when_its_worker_was_faster(telephone: Telephone) -> None:
    force = stage.make()
    order = ordered(force, force.sho)
    page = opened(telephone(force.sho), f"/officer/order/{order.public_id}/")
    page.evaluate(
        "() => { const add = RabtaQueue.add; RabtaQueue.add = (entry) => add(entry).then(() => RabtaQueue.flush()); }"
    )
    page.click("text=Accept")
    page.wait_for_selector("text=On my way", timeout=SOON)


def test_what_is_not_taken_says_why_and_can_be_mended(telephone: Telephone, tmp_path: Path) -> None:
    force = stage.make()
    order = ordered(force, force.sho)
    Order.objects.filter(pk=order.pk).update(state=Order.State.ACCEPTED)
    wrong = tmp_path / "photo.jpg"
    wrong.write_bytes(b"MZ this is no picture")
    page = opened(telephone(force.sho, **HERE), f"/officer/order/{order.public_id}/")
    page.set_input_files(".o-camera input[type=file] >> nth=0", wrong)
    page.wait_for_selector("#refused >> text=This kind of file is not accepted", timeout=SOON)
    assert page.locator("#refused >> text=Take it again").count() == 1
    page.click("#refused >> text=Remove")
    page.wait_for_selector("#refused", state="hidden")
    page.click("summary:has-text('Done')")
    page.fill("#text", "Registered a case")
    page.check("[value=fir_registered]")
    page.check("[name=contact][value=telephone]")
    page.click("text=Send report")
    assert page.eval_on_selector(
        "#number", "field => field.matches(':focus:invalid')"
    )  # it is asked for at once
    page.eval_on_selector(
        "#number", "field => { field.required = false }"
    )  # a page from before, kept by the phone
    page.click("text=Send report")
    page.wait_for_selector("#refused >> text=FIR", timeout=SOON)
    page.click("#refused >> text=Change it")
    assert page.input_value("#text") == "Registered a case"
    page.reload()  # half mended and the page gone: it is still there
    page.click("#refused >> text=Change it")
    assert page.input_value("#text") == "Registered a case"
    assert page.is_checked("[value=fir_registered]")
    page.fill("#number", "12/26")
    page.click("text=Send report")
    page.wait_for_selector(".o-report >> text=Registered a case", timeout=SOON)
    page.wait_for_selector("#refused", state="hidden")
    assert Report.objects.get().order.case.fir_number == "12/26"
    assert not Evidence.objects.exists()


def test_signing_out_on_any_page_leaves_nothing_of_the_orders_on_the_phone(telephone: Telephone) -> None:
    force = stage.make()
    order = ordered(force, force.co)
    context = telephone(force.co)
    page = opened(context, "/officer/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto(f"/officer/order/{order.public_id}/")
    page.reload()
    kept = "caches.open('rabta-pages').then((cache) => cache.keys()).then((keys) => keys.length)"
    assert page.evaluate(kept)
    page.goto("/supervisor/")
    page.click(".menu:has(form[action$='/logout/']) summary")
    page.click("form[action$='/logout/'] button")
    page.wait_for_url("**/login/**")
    assert page.evaluate(kept) == 0


def test_everything_works_without_script(telephone: Telephone) -> None:
    force = stage.make()
    order = ordered(force, force.sho)
    page = opened(telephone(force.sho, java_script_enabled=False), "/officer/")
    page.click(".o-task")
    page.click("button:has-text('Accept')")
    page.click("summary:has-text('Done')")
    page.fill("#text", "Done it")
    page.check("[value=action_taken]")
    page.check("[name=contact][value='']")
    page.click("button:has-text('Send report')")
    assert "Report sent" in page.inner_text("main")
    order.refresh_from_db()
    assert order.state == Order.State.REPORTED


def test_no_page_overflows_or_fails_axe(telephone: Telephone, axe_script: str) -> None:
    force = stage.make()
    order = ordered(force, force.sho, lat=34.0, lng=71.57)
    public = ["/officer/offline/", "/", "/status/", "/numbers/"]
    of_sho = ["/officer/", f"/officer/order/{order.public_id}/", *public]
    of_co = ["/supervisor/", f"/supervisor/case/{order.case.public_id}/"]
    trouble = []
    for officer, paths in ((force.sho, of_sho), (force.co, of_co)):
        for language in ("en", "ur"):
            page = telephone(officer, language=language, bypass_csp=True).new_page()
            for path in paths:
                page.goto(path)  # until it is loaded, with its modules
                trouble += _trouble(page, path, axe_script)
    assert trouble == []


def _trouble(page: Page, path: str, axe_script: str) -> list[tuple[str, ...]]:
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    page.evaluate(axe_script)
    found = page.evaluate("axe.run('#main', {resultTypes: ['violations']})")
    grave = [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
    overflow = [(path, "wider than the screen")] if wide else []
    return overflow + [(path, v["id"], v["nodes"][0]["html"][:200]) for v in grave]


SHARE = """([text, name]) => {
  const made = (tag, facts) => Object.assign(document.createElement(tag), facts);
  const form = made("form", { method: "post", action: "/officer/share/", enctype: "multipart/form-data" });
  const picked = new DataTransfer(), files = made("input", { type: "file", name: "files" });
  picked.items.add(new File([text], name, { type: "application/pdf" }));
  files.files = picked.files;
  form.append(made("input", { name: "text", value: text }), files);
  document.body.append(form);
  form.submit();
}"""


def test_what_the_phone_shares_is_handed_in_with_one_tap(telephone: Telephone) -> None:
    """The share is posted as a navigation, past the service worker, as the system does it."""
    force = stage.make()
    context = telephone(force.sho)
    page = opened(context, "/officer/")
    target = page.evaluate(
        "fetch(document.querySelector('link[rel=manifest]').href).then((answer) => answer.json())"
    )["share_target"]
    assert target["action"] == "/officer/share/"
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.evaluate(SHARE, ["%PDF-1.4 Theft at Qissa Khwani", "a.pdf"])
    page.wait_for_url("**/officer/shared/")
    assert "Theft at Qissa Khwani" in page.inner_text(".o-shared")
    assert "a.pdf" in page.inner_text("main")
    assert not Journal.objects.exists()
    kept = page.evaluate(
        "caches.open('rabta-pages').then((c) => c.keys()).then((all) => all.map((one) => one.url))"
    )
    assert kept
    assert not any(url.endswith("/officer/shared/") for url in kept)
    page.click("text=Said in a group")
    page.wait_for_selector("text=The desk reads it", timeout=SOON)
    assert Journal.objects.count() == 1
    assert "rabta_shared" not in {cookie["name"] for cookie in context.cookies()}
