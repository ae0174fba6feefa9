"""Small things that stand on every page: letters for a name, times that a script can read, lights."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.timezone import localtime

from rabta.channels.registry import BY_KIND
from rabta.web.lights import span
from rabta.web.templatetags.rabta import ago, channel_icon, day, here, in_form, initials, named

NOW = datetime(2026, 3, 2, 20, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Gul Khan", "GK"),
        ("Gul Bahar Khan", "GK"),
        ("Citizen 2WN1N", "C"),
        ("عبدالرحمان خٹک", "ع"),
        ("شہری NX30X", "ش"),
        ("गुरप्रीत कौर", "ग"),
        ("Gul خان", "G"),
        ("+92 300", "?"),
        ("", "?"),
        ("@दीपक", "द"),
    ],
)
def test_initials_are_of_one_script_and_never_digits(name, letters):
    assert initials(name) == letters


def test_a_script_can_read_the_time_in_the_afternoon():
    shown = render_to_string("cotton/time.html", {"at": NOW, "form": "ago"})
    written = shown.partition('datetime="')[2].partition('"')[0]
    assert datetime.fromisoformat(written) == NOW


def test_a_time_is_written_in_the_form_that_was_asked_for():
    at = localtime(NOW)
    assert in_form(at, "clock") == date_format(at, "TIME_FORMAT")
    assert in_form(at, "date") == date_format(at, "DATE_FORMAT")
    assert in_form(at, "day") == day(NOW)
    assert in_form(at, "ago") == ago(NOW)
    assert in_form(at, "full") == in_form(at, "anything else") == date_format(at, "DATETIME_FORMAT")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "less than a minute"), (59, "less than a minute"), (60, "1 minute"), (7200, "2 hours")],
)
def test_nothing_is_overdue_by_no_minutes(seconds, words):
    assert span(NOW, NOW + timedelta(seconds=seconds)) == words


def test_every_channel_has_a_drawing_of_its_own():
    drawn = set(re.findall(r'symbol id="([a-z-]+)"', Path(finders.find("icons.svg")).read_text()))
    for kind in BY_KIND:
        assert channel_icon(kind) in drawn - {"chat"}
    assert channel_icon("pigeon") == "chat"


def test_a_number_that_stands_for_a_name_keeps_its_direction():
    assert named("+923010000076") == '<bdi dir="ltr" class="reference">+92 301 0000076</bdi>'
    assert named("عابد حسین") == "عابد حسین"


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/desk/", ' aria-current="page"'),
        ("/desk/case/x/", ' aria-current="true"'),
        ("/desk/intake/", ""),
        ("/", ""),
    ],
)
def test_the_menu_says_where_one_is(path, current):
    assert here(path, "/desk/", "/desk/case/") == current


def test_days_near_by_have_names(monkeypatch):
    now = datetime(2026, 3, 10, 20, 0, tzinfo=UTC)  # 11 March, one in the morning, in Peshawar
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    assert day(now) == "Today"
    assert day(now - timedelta(hours=1, minutes=30)) == "Yesterday"
    assert day(now - timedelta(days=2)) == "9 Mar 2026"
