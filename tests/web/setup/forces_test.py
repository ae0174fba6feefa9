"""Other forces on the pages: administrators say where cases go and make keys; nobody else does, not by SQL either."""

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from rabta.audit.models import Record
from rabta.cases.transfers import ForceKey, Neighbour
from rabta.commands import force_keys as command
from rabta.force.models import Officer
from rabta.journey.posts import force_keys
from tests.conftest import AsRole
from tests.web.officer import stage
from tests.web.officer.stage import Browser
from tests.web.small_force import NOW

pytestmark = pytest.mark.django_db
PAGE = "/setup/forces/"
SINDH = {"act": "join", "force": "sindh", "address": "https://desk.sindh.pk", "key": "their-key"}
WRITES = (
    "INSERT INTO cases_neighbour (force, address, changed_at) VALUES ('up', 'https://evil.example', now())",
    "UPDATE cases_neighbour SET address = 'https://evil.example'",
    "INSERT INTO cases_forcekey (public_id, force, digest, made_at) VALUES ('x', 'up', 'x', now())",
    "UPDATE cases_forcekey SET ended_at = NULL",
)


@pytest.fixture
def force() -> SimpleNamespace:
    return stage.make()


def test_a_force_is_joined_and_its_key_is_never_shown_again(force: SimpleNamespace) -> None:
    browser = Browser(force.administrator, proved=True)
    assert browser.post(PAGE, {"act": "own", "force": "kp"}).status_code == 302
    assert browser.post(PAGE, SINDH).status_code == 302
    page = browser.get(PAGE).content.decode()
    assert "https://desk.sindh.pk" in page
    assert "their-key" not in page
    assert page.count("From us to them") == 7  # of eight, one is our own
    assert {(row.force, row.own) for row in Neighbour.objects.all()} == {("kp", True), ("sindh", False)}
    wrong = browser.post(PAGE, SINDH | {"address": "http://desk.sindh.pk"})
    assert wrong.status_code == 400
    assert "https://" in wrong.content.decode()
    assert "their-key" not in wrong.content.decode()
    acts = set(Record.objects.values_list("act", flat=True))
    assert {"own_force_named", "force_joined"} <= acts


def test_a_key_is_shown_once_works_and_ends(force: SimpleNamespace) -> None:
    browser = Browser(force.administrator, proved=True)
    page = browser.post(PAGE, {"act": "make", "force": "sindh"}).content.decode()
    key = page.split(force_keys.PREFIX)[1].split("<")[0]
    assert force_keys.force_of(force_keys.PREFIX + key, now=NOW) == "sindh"
    assert key not in browser.get(PAGE).content.decode()
    (row,) = ForceKey.objects.all()
    assert (row.made_by, key in row.digest) == (force.administrator, False)
    assert browser.post(PAGE, {"act": "end", "key": row.public_id}).status_code == 302
    assert force_keys.force_of(force_keys.PREFIX + key, now=NOW) is None
    assert browser.post(PAGE, {"act": "make", "force": "atlantis"}).status_code == 400
    assert browser.post(PAGE, {"act": "end", "key": "nothing"}).status_code == 404
    acts = list(Record.objects.filter(subject="force_key").order_by("id").values_list("act", flat=True))
    assert acts == ["force_key_made", "force_key_ended"]


def test_whoever_runs_the_machine_makes_and_ends_keys(force: SimpleNamespace, as_role: AsRole) -> None:
    with as_role("rabta_worker"):
        key = command.create(force="sindh")
        with pytest.raises(command.UnknownForce, match="punjab_pk"):
            command.create(force="atlantis")
        assert (command.end(force="sindh"), command.end(force="sindh")) == (1, 0)
    assert force_keys.force_of(key, now=NOW) is None


def refused(statement: str, officer: Officer) -> bool:
    """Whether PostgreSQL refuses it to the web process while it serves this officer."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('rabta.officer', %s, true)", [str(officer.pk)])
            cursor.execute("SET LOCAL ROLE rabta_web")
            cursor.execute(statement)
    except DatabaseError as error:
        return "permission denied" in str(error)
    return False


def test_no_other_officer_says_where_cases_go_by_page_or_by_sql(force: SimpleNamespace) -> None:
    browser = Browser(force.administrator, proved=True)
    browser.post(PAGE, SINDH)
    browser.post(PAGE, {"act": "make", "force": "sindh"})
    for officer in (force.operator, force.desk_head, force.sho_north):
        assert Browser(officer, proved=True).get(PAGE).status_code == 403
        assert [statement for statement in WRITES if not refused(statement, officer)] == []
    assert Neighbour.objects.get().address == "https://desk.sindh.pk"
