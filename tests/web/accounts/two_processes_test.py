"""Limits hold over all web processes: real ones, each with connections of its own."""

import http.client
import re
import urllib.parse

import pytest

from tests.web import processes
from tests.web.accounts import stage

pytestmark = pytest.mark.django_db(transaction=True)


def try_at(port: int, password: str) -> str:
    """Type a password at the process of this port; the page that answers, or where it leads."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/login/")
    page = connection.getresponse()
    cookie = re.search(r"csrftoken=([^;]+)", page.headers["Set-Cookie"])[1]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())[1]
    form = {"csrfmiddlewaretoken": token, "username": "operator", "password": password}
    headers = {"Cookie": f"csrftoken={cookie}", "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/login/", body=urllib.parse.urlencode(form), headers=headers)
    answer = connection.getresponse()
    said = answer.headers.get("Location") or answer.read().decode()
    connection.close()
    return said


def test_wrong_tries_at_one_process_count_at_the_other(web):
    stage.make()
    with processes.web() as other:
        for port in (web.port, other.port, web.port, other.port, web.port):
            assert "Wrong user name or password" in try_at(port, "wrong")
        for port in (other.port, web.port):
            assert "Too many wrong tries" in try_at(port, stage.PASSWORD)
