"""Addresses of openings: who takes part in none finds nothing, whatever he sends."""

import pyrage
import pytest

from rabta.demo.force import PASSWORD
from rabta.web.vault.mine import DEMO_KEYS
from tests.web.desk import stage
from tests.web.desk.stage import Browser

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("act", ["approve", "opened", "anew", "take", "refuse"])
@pytest.mark.parametrize("sent", ["a form", "JSON", "rubbish"])
def test_whoever_takes_no_part_finds_nothing(act, sent):
    browser = Browser(stage.make().co, proved=True)
    as_json = {"content_type": "application/json"}
    data, facts = {"a form": ({"same": "x"}, {}), "JSON": ({"same": []}, as_json), "rubbish": ("{", as_json)}[
        sent
    ]
    assert browser.post(f"/openings/wrong/{act}/", data, **facts).status_code == 404


@pytest.fixture
def ready(tmp_path, settings):
    """A force whose circle officer has a ready key in the folder of the demonstration, and that key."""
    settings.HOME, settings.DEMO = tmp_path, True
    force, key = stage.make(), str(pyrage.x25519.Identity.generate())
    folder = tmp_path / DEMO_KEYS
    folder.mkdir()
    (folder / f"{force.co.username}.key").write_text(key)
    (folder / "passphrase").write_text(PASSWORD)
    return force, key


def test_the_ready_key_of_the_demonstration_is_locked_with_the_passphrase_of_all_logins(ready):
    force, key = ready
    answer = Browser(force.co).get("/key/try/")
    assert f'filename="{force.co.username}.age"' in answer.headers["Content-Disposition"]
    assert key.encode() not in answer.content
    assert pyrage.passphrase.decrypt(answer.content, PASSWORD) == key.encode()


def test_outside_the_demonstration_no_key_is_on_the_server(ready, settings):
    settings.DEMO = False
    assert Browser(ready[0].co).get("/key/try/").status_code == 404


def test_nobody_gets_the_key_of_somebody_else(ready):
    assert Browser(ready[0].operator).get("/key/try/").status_code == 404
