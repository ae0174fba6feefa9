"""A token of the API lives no longer than the password with which its officer signs in."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from rabta.audit.models import Record
from rabta.force.models import ApiToken
from rabta.web.api import tokens
from tests.cast import as_role
from tests.web.accounts import stage
from tests.web.accounts.stage import PASSWORD, Browser

pytestmark = pytest.mark.django_db
NEW = "three slow grey herons"
CHOSEN = {"password1": NEW, "password2": NEW}


@pytest.fixture
def token(force):
    """Of the operator; and another officer has one too."""
    tokens.create(username=force.sho.username)
    return tokens.create(username="operator")


def opens(token: str) -> bool:
    return (
        Browser().client.get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    )


def left() -> list[str]:
    rows = ApiToken.objects.filter(revoked_at=None).order_by("officer__username")
    return list(rows.values_list("officer__username", flat=True))


def test_it_ends_when_its_owner_changes_the_password(force, token):
    browser = stage.sign_in(force.operator)
    assert opens(token)
    assert browser.post("/account/password/", {"oldpassword": PASSWORD} | CHOSEN).status_code == 302
    assert not opens(token) and left() == [force.sho.username]


@pytest.mark.parametrize("act", ["password", "factors", "sign_out"])
def test_it_ends_when_an_administrator_makes_the_sign_in_new(force, token, act):
    page = f"/officers/sign-in/{force.operator.public_id}/"
    answer = stage.sign_in(force.administrator).post(page, {"act": act})
    if act == "password":
        assert opens(token)  # nothing has changed before the officer chose one
        path = answer.body.decode().split("/login/password/")[1].split("<")[0]
        Browser().post(f"/login/password/{path}", CHOSEN)
    assert not opens(token) and left() == [force.sho.username]


def test_the_officer_reads_which_programs_act_in_his_name_and_ends_them(force, token):
    tokens.create(username="operator", label="The figures of the PRO")
    browser = stage.sign_in(force.operator)
    page = browser.get("/account/").body.decode()
    assert "The figures of the PRO" in page and page.count("never used yet") == 2
    assert "Programs that act" not in stage.sign_in(force.administrator).get("/account/").body.decode()
    assert browser.post("/account/programs/end/", {}).status_code == 302
    assert not opens(token) and left() == [force.sho.username]
    assert Record.objects.filter(act="tokens_ended", actor_officer=force.operator.pk).count() == 1


def test_it_opens_nothing_after_a_year(force, token):
    assert opens(token)
    ApiToken.objects.update(created_at=timezone.now() - timedelta(days=366))
    assert not opens(token)
    assert "Programs that act" not in stage.sign_in(force.operator).get("/account/").body.decode()


def test_making_one_is_recorded(force):
    with as_role("rabta_worker"):  # as the command line does
        tokens.create(username=force.sho.username)
        tokens.create(username="operator")
    made = Record.objects.filter(act="token_made").values_list("subject_ids", flat=True)
    assert sorted(made) == sorted([[force.sho.pk], [force.operator.pk]])


def test_the_pages_can_end_tokens_and_nothing_else(force, token):
    with as_role("rabta_web"), connection.cursor() as cursor:
        cursor.execute("SELECT has_column_privilege('force_apitoken', 'revoked_at', 'UPDATE')")
        assert cursor.fetchone() == (False,)
