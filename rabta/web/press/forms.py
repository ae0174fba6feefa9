"""What officers enter of official versions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rabta.force.access import Permission, Scope
from rabta.force.models import Unit
from rabta.groups.models import Claim, Group
from rabta.journey.press import asking, writing
from rabta.publishing import checklist
from rabta.web.groups import queries


def _words(label: Any, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=writing.LONGEST,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )


def _title(label: Any, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=writing.LONGEST_TITLE,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


def units_spoken_for(scope: Scope) -> Any:
    """The units for which an officer speaks, the highest first."""
    units = sorted(scope.units_with(Permission.PUBLISH))
    return Unit.objects.filter(path__overlap=units).defer("area").order_by("path")


class Ticks(forms.MultipleChoiceField):
    """The points that an officer confirms one by one; which are missing the act says."""

    def __init__(self) -> None:
        super().__init__(
            label=_("I have made sure of each point"),
            required=False,
            choices=list(checklist.POINTS.items()),
            widget=forms.CheckboxSelectMultiple,
        )


class VersionForm(forms.Form):
    """A version in up to three languages."""

    unit = forms.ModelChoiceField(
        label=_("Unit that speaks"), queryset=Unit.objects.none(), to_field_name="public_id"
    )
    place = forms.CharField(
        label=_("Place"), required=False, max_length=120, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    title = _title(_("Title in English"), required=True)
    text = _words(_("Words in English"), required=True)
    title_ur = _title(_("Title in Urdu"))
    text_ur = _words(_("Words in Urdu"))
    title_hi = _title(_("Title in Hindi"))
    text_hi = _words(_("Words in Hindi"))
    verdict = forms.ChoiceField(
        label=_("The rumour is"), required=False, choices=[("", "—"), *Claim.Verdict.choices]
    )
    ticked = Ticks()

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_spoken_for(scope)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["unit"].initial = getattr(units.first(), "public_id", None)


class ReleaseForm(forms.Form):
    """To whom, and from when."""

    groups = forms.ModelMultipleChoiceField(
        label=_("To these groups and lists"),
        queryset=Group.objects.none(),
        required=False,
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
    )
    embargo_until = forms.DateTimeField(
        label=_("Embargo until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=_(
            "Journalists get it now with this time on top. Everybody else, lists of citizens too, when it is over."
        ),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = (
            queries.run_by(scope)
            .filter(closed_at=None, kind__in=("media", "citizens"))
            .order_by("kind", "path")
        )
        self.fields["groups"].queryset = rows  # type: ignore[attr-defined]


class QuestionForm(forms.Form):
    """A journalist's question that came by telephone or in person."""

    unit = forms.ModelChoiceField(
        label=_("Unit that is asked"), queryset=Unit.objects.none(), to_field_name="public_id"
    )
    outlet = forms.CharField(
        label=_("Who asks"),
        max_length=120,
        help_text=_("Newspaper, channel or site."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    text = forms.CharField(
        label=_("Question"),
        max_length=asking.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_spoken_for(scope)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["unit"].initial = getattr(units.first(), "public_id", None)
