"""Sealed names in real browsers: keys are made, confirmed and used there, and only the custodian's shows a name."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyrage
import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, Route, expect

from rabta import keys
from rabta.audit.models import Record
from rabta.force.models import Officer, Role
from rabta.people.models import Keyholder, Opening, Resealed, Sealed
from rabta.people.vault import seal_identities
from tests import browsing
from tests.people.holders import Held, held, reseal
from tests.web import processes, small_force
from tests.web.desk import stage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE = 60_000  # milliseconds; only a test that fails waits so long
# A passphrase takes seconds on purpose. Here it takes a 256th of that; the files say which, so they open all the same.
AGE, DEAR, CHEAP = Path("rabta/web/static/vendor/age.js"), "scryptWorkFactor=18", "scryptWorkFactor=10"
PASSPHRASE = "four words are better"
NAME, NUMBER = "Canary Gul Zarmina", "+923001119999"


@pytest.fixture
def force() -> SimpleNamespace:
    made = stage.make()
    office = small_force.unit("OFFICE", made.hq, level="desk")
    for name, role, unit in (
        ("first", Role.ADMINISTRATOR, office),
        ("second", Role.ADMINISTRATOR, office),
        ("approver", Role.DISTRICT_HEAD, made.south),
        ("custodian", Role.CELL_HEAD, made.south),
    ):
        setattr(made, name, small_force.officer(name, role, unit))
    return made


class Phones:
    """A browser window for each officer. An error of a script, or a request to anybody else, fails the test."""

    def __init__(self, browser: Browser, address: str, downloads: Path) -> None:
        self.browser, self.address, self.downloads = browser, address, downloads
        self.errors: list[str] = []

    def of(self, officer: Officer, *, width: int = 390) -> Page:
        client = Client()
        client.force_login(officer)
        session = client.session
        at = timezone.now().timestamp()
        session["account_authentication_methods"] = [{"method": "password", "at": at}]
        session["account_authentication_methods_user"] = str(officer.pk)
        session.save()
        context = self.browser.new_context(base_url=self.address, viewport={"width": width, "height": 844})
        cookie = {
            "name": "rabta_session",
            "value": client.cookies["rabta_session"].value,
            "url": self.address,
        }
        context.add_cookies([cookie])
        context.set_default_timeout(PATIENCE)
        context.route("**/vendor/age*.js", self.quickly)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        return page

    def quickly(self, route: Route) -> None:
        """The package that the pages load, with a cheaper passphrase."""
        script = AGE.read_text()
        assert DEAR in script
        route.fulfill(body=script.replace(DEAR, CHEAP), content_type="text/javascript")

    def makes_key(self, officer: Officer) -> Path:
        """The officer makes a key on the page and keeps the file."""
        page = self.of(officer)
        page.goto("/key/")
        page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
        page.get_by_label("The same again").fill(PASSPHRASE)
        with page.expect_download() as started:
            page.get_by_role("button", name="Make the key").click()
        file = self.downloads / f"{officer.username}.age"
        started.value.save_as(file)
        page.get_by_role("button", name="I have the file").click()
        expect(page.get_by_text("waits for confirmation")).to_be_visible()
        return file


@pytest.fixture
def address(web: processes.Process) -> str:
    """Of a web process."""
    return f"http://127.0.0.1:{web.port}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.chromium() as browser:
        yield browser


@pytest.fixture
def phones(force: SimpleNamespace, address: str, browser: Browser, tmp_path: Path) -> Iterator[Phones]:
    expect.set_options(timeout=PATIENCE)
    phones = Phones(browser, address, tmp_path)
    yield phones
    for context in browser.contexts:
        context.close()
    assert phones.errors == []


def unlock(page: Page, file: Path, passphrase: str = PASSPHRASE) -> None:
    page.get_by_label("Your key file").set_input_files(file)
    page.get_by_label("Its passphrase").fill(passphrase)


def protected_case(force: SimpleNamespace):
    """A case of somebody with a name, whom the desk will protect."""
    case = stage.case(force, subject="Drugs are sold behind the bazaar")
    handle = case.conversation.handle
    handle.shown = keys.fernet("desk").encrypt(json.dumps({"name": NAME, "number": NUMBER}).encode())
    handle.save()
    return case


def test_four_officers_open_a_name_and_only_one_sees_it(
    force: SimpleNamespace, phones: Phones, axe_script: str
) -> None:
    # An administrator appoints; the two make keys in their browsers; a second administrator compares fingerprints.
    files = {}
    admin = phones.of(force.first)
    for officer, group in ((force.approver, "approver"), (force.custodian, "custodian")):
        admin.goto("/keyholders/")
        admin.locator(f"#officer-{group}").fill(officer.username)
        admin.locator(f"form:has(#officer-{group}) button").click()
        expect(admin.get_by_text("Appointed. The officer")).to_be_visible()
        files[group] = phones.makes_key(officer)
    second = phones.of(force.second)
    for holder in Keyholder.objects.order_by("id"):
        second.goto("/keyholders/")
        second.locator(f"#print-{holder.public_id}").fill(holder.fingerprint_shown)
        second.locator(f"form:has(#print-{holder.public_id}) button").click()
        expect(second.get_by_text("Confirmed. From now on")).to_be_visible()
    for page in (admin, second):
        check(page, axe_script)

    # The desk protects somebody, and can't see the name from then on.
    case = protected_case(force)
    desk = phones.of(force.operator, width=1280)
    desk.goto(f"/desk/case/{case.public_id}/")
    expect(desk.locator("#person").get_by_text(NAME)).to_be_visible()
    desk.get_by_text("Protect this person …").click()
    desk.get_by_role("button", name="Protect", exact=True).click()
    expect(desk.locator("#person").get_by_text("Protected: name and number")).to_be_visible()
    desk.reload()
    assert NAME not in desk.content() and Sealed.objects.count() == 1

    # Whoever decides on the case asks.
    desk.get_by_role("link", name="Ask for the sealed name").click()
    desk.get_by_label("Order of a court").check()
    desk.get_by_label("Legal ground").fill("Section 21 of the witness act")
    desk.get_by_label("Why it can't be done").fill("The court wants to hear the witness")
    check(desk, axe_script)
    desk.get_by_role("button", name="Ask", exact=True).click()
    expect(desk.get_by_text("Waits for an approver outside")).to_be_visible()

    # The approver takes the outer lock off, with the right file and passphrase only.
    approver = phones.of(force.approver)
    approver.goto("/openings/")
    approver.get_by_role("link", name="Order of a court").click()
    check(approver, axe_script)
    approver.locator("[name=custodian]").check()
    unlock(approver, files["approver"], "not the passphrase")
    approver.get_by_role("button", name="Open the outer lock").click()
    expect(approver.get_by_text("do not belong together")).to_be_visible()
    unlock(approver, files["custodian"])
    approver.get_by_role("button", name="Open the outer lock").click()
    expect(approver.get_by_text("This key does not open it")).to_be_visible()
    unlock(approver, files["approver"])
    approver.get_by_role("button", name="Open the outer lock").click()
    expect(approver.get_by_text("waits for the custodian").first).to_be_visible()
    assert NAME not in approver.content()

    # The custodian sees it, once.
    custodian = phones.of(force.custodian)
    custodian.goto(f"/openings/{Opening.objects.get().public_id}/")
    sent: list[str] = []
    custodian.on("request", lambda request: sent.append(request.post_data or ""))
    unlock(custodian, files["custodian"])
    check(custodian, axe_script)
    custodian.get_by_role("button", name="Open and show").click()
    expect(custodian.get_by_text(NAME)).to_be_visible()
    expect(custodian.get_by_text(NUMBER)).to_be_visible()
    expect(custodian.locator("#state")).to_have_text("opened")
    assert not any(NAME in body or "AGE-SECRET" in body for body in sent)
    check(custodian, axe_script)
    custodian.reload()
    expect(custodian.get_by_text("opened").first).to_be_visible()
    assert NAME not in custodian.content()
    assert Opening.objects.get().state == "opened" and Resealed.objects.get().box is None
    assert sum("boxes" in body for body in sent) == 0


def test_a_name_sealed_anew_is_compared_by_the_next_custodians_browser(
    force: SimpleNamespace, phones: Phones
) -> None:
    """Sealed to one custodian; another comes; the first seals anew, the second looks again; and once with a fraud."""
    force.other = small_force.officer("other", Role.CELL_HEAD, force.south)
    by = SimpleNamespace(administrator=force.first, desk_head=force.second)
    approver, first = held(force.approver, "approver", by), held(force.custodian, "custodian", by)
    case = protected_case(force)
    seal_identities([case.conversation.handle], now=timezone.now())
    second = held(force.other, "custodian", by)
    before = Sealed.objects.get()
    assert before.custodians == [first.holder.fingerprint]

    said = in_the_browser(phones, rotation(force, case, approver, first), first)
    expect(said).to_contain_text("once more")
    sealed = Sealed.objects.get()
    assert sealed.before == before.box and second.holder.fingerprint in sealed.custodians
    said = in_the_browser(phones, rotation(force, case, approver, second), second)
    expect(said).to_contain_text("what was sealed first. The box")
    sealed.refresh_from_db()
    assert sealed.before is None and sealed.anew_by is None

    fraud = pyrage.encrypt(pyrage.encrypt(b"{}", [second.key.to_public()]), [approver.key.to_public()])
    Sealed.objects.update(box=fraud, before=before.box, anew_by=first.holder, before_keys=BEFORE_KEYS)
    said = in_the_browser(phones, rotation(force, case, approver, second), second)
    expect(said).to_contain_text("not what was sealed")
    sealed.refresh_from_db()
    assert sealed.box == before.box and sealed.before is None
    assert Record.objects.filter(act="sealed_differs", detail__came_back=True).count() == 1


KEPT = """async ([secret, passphrase]) => {
  const { Encrypter } = await import("/static/vendor/age.js");
  const sealer = new Encrypter();
  sealer.setPassphrase(passphrase);
  return [...await sealer.encrypt(secret)];
}"""
BEFORE_KEYS = {"custodians": [], "approvers": []}


def rotation(force: SimpleNamespace, case: Any, approver: Held, custodian: Held) -> Opening:
    """A request for sealing anew that the approver has handed on to this custodian."""
    now, sealed = timezone.now(), Sealed.objects.get()
    made = Opening.objects.create(
        person=sealed.person, case_id=case.pk, reference=case.reference, purpose="rotation", ground="x", reason="x",
        state="approved", requested_by=force.operator, requested_at=now, expires_at=now + timedelta(days=1),
        approver=approver.holder, custodian=custodian.holder, decided_at=now,
    )  # fmt: skip
    box = reseal(sealed.box, approver=approver, custodian=custodian)
    Resealed.objects.create(opening=made, sealed=sealed, box=box, digest="0" * 64)
    return made


def in_the_browser(phones: Phones, opening: Opening, custodian: Held) -> Locator:
    """The custodian opens the page, unlocks the key and presses; returns what the page says then."""
    file = phones.downloads / f"{custodian.officer.username}.age"
    page = phones.of(custodian.officer)
    page.goto(f"/openings/{opening.public_id}/")
    if not file.exists():
        file.write_bytes(bytes(page.evaluate(KEPT, [str(custodian.key), PASSPHRASE])))
    unlock(page, file)
    page.get_by_role("button", name="Seal anew").click()
    return page.locator("#said")


def check(page: Page, axe_script: str) -> None:
    """Nothing serious for people who hear or type their way through the page; nothing wider than the phone."""
    page.evaluate(axe_script)
    found = page.evaluate("axe.run().then(result => result.violations)")
    serious = [
        (one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_package_of_the_browser_and_that_of_the_server_understand_each_other(
    force: SimpleNamespace, phones: Phones
) -> None:
    """What pyrage seals the browser opens, and the other way round, with keys of either."""
    custodian = held(
        force.custodian, "custodian", SimpleNamespace(administrator=force.first, desk_head=force.second)
    )
    page = phones.of(force.custodian)
    page.goto("/key/")
    script = """async ([secret, open]) => {
      const { seal, open: unseal } = await import("/static/vault/box.js");
      const box = await seal(new TextEncoder().encode("سلام"), [open]);
      return [new TextDecoder().decode(await unseal(box, secret)), [...box]];
    }"""
    text, box = page.evaluate(script, [str(custodian.key), str(custodian.key.to_public())])
    assert text == "سلام" == pyrage.decrypt(bytes(box), [custodian.key]).decode()
