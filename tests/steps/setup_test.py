"""The first start of a force: one link, one administrator."""

from datetime import date
from urllib.parse import urlsplit

import pytest

from rabta.force import setup
from rabta.force.access import Permission, scope_of
from rabta.force.models import Level, Officer, Unit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


def token() -> str:
    link = setup.first_administrator_link(base_url="https://desk.example")
    assert link
    return urlsplit(link).path.split("/")[2]


def test_the_link_is_good_until_it_was_used(settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    good = token()
    assert setup.is_good(good)
    made = setup.create_force(
        force="Kohat Police", name="Bilal", username="bilal", password="long enough", today=TODAY
    )
    assert not setup.is_good(good)
    assert setup.first_administrator_link(base_url="https://desk.example") is None
    scope = scope_of(made, on=TODAY)
    assert scope.has(Permission.ADMINISTER) and not scope.has(Permission.SEE_CASES)
    assert made.check_password("long enough")
    (unit,) = Unit.objects.all()
    assert unit.path == [unit.pk] and unit.name == "Kohat Police"
    assert unit.level == Level.objects.get(rank=0)


@pytest.mark.parametrize("wrong", ["", "first", "first:1u:xx", "../"])
def test_any_other_word_is_no_link(wrong: str) -> None:
    assert not setup.is_good(wrong)
    assert not setup.is_good(token()[:-1] + "~")


def test_a_link_is_good_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    good = token()
    real = time.time()
    monkeypatch.setattr(time, "time", lambda: real + setup.GOOD_FOR + 60)
    assert not setup.is_good(good)


def test_where_officers_are_there_is_no_link() -> None:
    Officer.objects.create(username="x", name="X", password="!")
    assert setup.first_administrator_link(base_url="https://desk.example") is None
