"""What is still missing before the force can work: the steps in their order, with what is there already."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rabta.channels.models import Account
from rabta.channels.webform import CHANNEL as WEB_FORM
from rabta.force.access import PERMISSIONS, Permission, Scope, current_postings
from rabta.force.models import Officer, Personnel, PlaceName, Post, Role, Unit
from rabta.review.models import Version
from rabta.web import proposals
from rabta.web.guard import needs

DESK_ROLES = [role for role in Role.values if Permission.HANDLE_CASES in PERMISSIONS[role]]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to do: what for, what is there, where it is done."""

    title: str
    what_for: str
    there: str
    done: bool
    page: str
    may_wait: bool = False


@require_GET
@needs(Permission.ADMINISTER)
def steps(request: HttpRequest) -> HttpResponse:
    """The list. The first step that is not done is the next one."""
    found = _steps(request.scope, today=timezone.localdate())
    next_step = next((step for step in found if not step.done and not step.may_wait), None)
    facts = {"steps": found, "next": next_step, "waiting": proposals.waiting(now=timezone.now()).count()}
    return render(request, "setup/steps.html", facts)


def _steps(scope: Scope, *, today: date) -> list[Step]:
    everybody = [_personnel()] if scope.over_force(Permission.ADMINISTER) else []
    return [*_structure(), *_people(today), *everybody, *_accounts()]


def _structure() -> list[Step]:
    units, areas = Unit.objects.count(), Unit.objects.exclude(area=None).count()
    places, posts = PlaceName.objects.count(), Post.objects.count()
    tables = reverse("setup_tables")
    return [
        Step(
            title=_("Units"),
            what_for=_(
                "Districts, circles, stations, and a unit of the level “desk” where messages are read."
            ),
            there=_("Units: %(number)d") % {"number": units},
            done=units > 1,
            page=tables,
        ),
        Step(
            title=_("Areas and places"),
            what_for=_(
                "They decide which station a place belongs to. Without them the desk chooses each time."
            ),
            there=_("Areas: %(areas)d · places: %(places)d") % {"areas": areas, "places": places},
            done=areas > 0 and places > 0,
            page=tables,
            may_wait=True,
        ),
        Step(
            title=_("Posts"),
            what_for=_("Orders go to posts, whoever holds them."),
            there=_("Posts: %(number)d") % {"number": posts},
            done=posts > 1,
            page=tables,
        ),
        _receivers(),
        _limits(),
    ]


def _receivers() -> Step:
    named = Unit.objects.exclude(accusations_to=None).count()
    return Step(
        title=_("Complaints against police"),
        what_for=_(
            "By itself the nearest desk above the accused unit receives them. You can name somebody else."
        ),
        there=_("Units with a receiver of their own: %(number)d") % {"number": named},
        done=named > 0,
        page=reverse("setup_receivers"),
        may_wait=True,
    )


def _limits() -> Step:
    versions = Version.objects.count()
    return Step(
        title=_("Time limits and working hours"),
        what_for=_("How long an answer, a contact and a report may take, which hours count, and holidays."),
        there=_("Versions of your own: %(number)d") % {"number": versions},
        done=versions > 0,
        page=reverse("setup_limits"),
        may_wait=True,
    )


def _people(today: date) -> list[Step]:
    postings = current_postings(on=today)
    at_desk = postings.filter(post__role__in=DESK_ROLES).count()
    waiting = len(without_sign_in())
    tables = reverse("setup_tables")
    return [
        Step(
            title=_("Officers"),
            what_for=_("With their telephone numbers: orders come there."),
            there=_("Officers: %(number)d") % {"number": Officer.objects.count()},
            done=Officer.objects.count() > 1,
            page=tables,
        ),
        Step(
            title=_("Postings"),
            what_for=_(
                "Who holds which post. At least one officer must sit at a desk, else nobody reads messages."
            ),
            there=_("Postings today: %(number)d · at a desk: %(desk)d")
            % {"number": postings.count(), "desk": at_desk},
            done=at_desk > 0,
            page=tables,
        ),
        Step(
            title=_("Signing in"),
            what_for=_("Every officer chooses a password with a link of his own, good once."),
            there=_("Can't sign in yet: %(number)d") % {"number": waiting},
            done=waiting == 0 and Officer.objects.count() > 1,
            page=reverse("setup_links"),
        ),
    ]


def _personnel() -> Step:
    known = Personnel.objects.filter(is_active=True).count()
    return Step(
        title=_("Personnel without a login"),
        what_for=_("All others of the force, from a table: the groups of the police reach them, too."),
        there=_("Personnel: %(number)d") % {"number": known},
        done=known > 0,
        page=reverse("setup_personnel"),
        may_wait=True,
    )


def _accounts() -> list[Step]:
    forms = Account.objects.filter(channel=WEB_FORM.kind, paused=False).count()
    others = Account.objects.exclude(channel=WEB_FORM.kind).filter(paused=False).count()
    return [
        Step(
            title=_("The web form"),
            what_for=_(
                "The public page where people post without any app. It needs nothing from anybody else."
            ),
            there=_("The form is open.") if forms else _("The form is closed."),
            done=forms > 0,
            page=reverse("setup_add_account", args=[WEB_FORM.kind])
            if not forms
            else reverse("setup_accounts"),
        ),
        Step(
            title=_("Accounts"),
            what_for=_("The numbers and pages on which people write to you, WhatsApp first."),
            there=_("Accounts: %(number)d") % {"number": others},
            done=others > 0,
            page=reverse("setup_accounts"),
        ),
    ]


def without_sign_in() -> list[Officer]:
    """Officers who hold a post and have neither a password nor a PIN."""
    posted = current_postings(on=timezone.localdate()).values("officer")
    found = Officer.objects.filter(pk__in=posted, is_active=True, pin=None).order_by("name", "pk")
    return [officer for officer in found if not officer.has_usable_password()]
