"""Letting somebody in again from the command line: the last resort when no administrator can sign in."""

from django.db import transaction
from django.utils import timezone

from rabta.audit.writing import record
from rabta.force.models import Officer
from rabta.web.accounts import help


class UnknownOfficer(Exception):
    """Nobody who may sign in has this user name; the text says so."""


@transaction.atomic
def reset(*, username: str, second_factor: bool) -> str:
    """A link to choose a new password, good once for a day; takes the second factors too when asked.

    Signs the officer out everywhere, and is recorded. Raises UnknownOfficer.
    """
    officer = Officer.objects.filter(username=username, is_active=True).first()
    if officer is None:
        raise UnknownOfficer(f"No officer has the user name “{username}”.")
    if second_factor:
        help.take_factors(officer, officer)
    given = help.give_password_link(officer, officer)
    detail = {"second_factor": second_factor}
    now, reason = timezone.now(), "command line"
    record("sign_in_reset", now=now, reason=reason, subject="officer", ids=[officer.pk], detail=detail)
    return str(given["link"])
