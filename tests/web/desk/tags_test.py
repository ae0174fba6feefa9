"""Small things that stand on every page: letters for a name, times that a script can read, lights."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template.loader import render_to_string

from rabta.web.lights import span
from rabta.web.templatetags.rabta import initials

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
    ],
)
def test_initials_are_of_one_script_and_never_digits(name, letters):
    assert initials(name) == letters


def test_a_script_can_read_the_time_in_the_afternoon():
    shown = render_to_string("cotton/time.html", {"at": NOW, "form": "ago"})
    written = shown.partition('datetime="')[2].partition('"')[0]
    assert datetime.fromisoformat(written) == NOW


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "less than a minute"), (59, "less than a minute"), (60, "1 minute"), (7200, "2 hours")],
)
def test_nothing_is_overdue_by_no_minutes(seconds, words):
    assert span(NOW, NOW + timedelta(seconds=seconds)) == words
