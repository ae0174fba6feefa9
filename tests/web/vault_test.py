"""Addresses of openings: who takes part in none finds nothing, whatever he sends."""

import pytest

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
