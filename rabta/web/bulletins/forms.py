"""What officers enter of bulletins and claims."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rabta.force.access import Permission, Scope
from rabta.force.models import Unit
from rabta.groups.models import Group
from rabta.journey.groups.broadcasts import saying
from rabta.journey.groups.bulletins import claiming, issuing, verifying
from rabta.web.groups import queries
from rabta.web.press.forms import Ticks

LANGUAGES = {"ur": _("In Urdu"), "hi": _("In Hindi"), "ps": _("In Pashto"), "roman": _("In Roman letters")}


def units_run(scope: Scope) -> Any:
    """The units at and below those whose groups the officer runs."""
    units = sorted(scope.units_with(Permission.GROUPS))
    return Unit.objects.filter(path__overlap=units).defer("area").order_by("path")


class WordsForm(forms.Form):
    """Words for everybody, and for those who read another language."""

    text = forms.CharField(
        label=_("Message"),
        max_length=saying.LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_("What happened, where, what to do. At most 900 characters."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, label in LANGUAGES.items():
            area = forms.Textarea(attrs={"rows": 3, "dir": "auto"})
            self.fields[code] = forms.CharField(
                label=label, required=False, max_length=saying.LONGEST, widget=area
            )

    @property
    def others(self) -> list[forms.BoundField]:
        """The fields of the other languages."""
        return [self[code] for code in LANGUAGES]

    def words(self) -> dict[str, str]:
        """The words by language."""
        return {"": self.cleaned_data["text"]} | {code: self.cleaned_data[code] for code in LANGUAGES}


class BulletinForm(WordsForm):
    """A bulletin: words, where, through which kinds of groups."""

    title = forms.CharField(
        label=_("What it is about"),
        max_length=120,
        help_text=_("For officers only, it does not go out."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    units = forms.ModelMultipleChoiceField(
        label=_("In these units, and all below"),
        queryset=Unit.objects.none(),
        required=False,
        to_field_name="public_id",
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    lat = forms.FloatField(label=_("Latitude"), required=False, min_value=-90, max_value=90)
    lng = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180)
    radius_km = forms.FloatField(label=_("Kilometres around"), required=False, min_value=0.5, max_value=500)
    kinds = forms.MultipleChoiceField(
        label=_("Through these groups"),
        choices=[(kind.value, kind.label) for kind in Group.Kind],
        initial=["volunteers", "circle", "district"],
        widget=forms.CheckboxSelectMultiple,
    )
    ticked = Ticks()

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        self.fields["units"].queryset = units_run(scope)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A circle is whole, or there is none; and somewhere it has to go."""
        given = super().clean() or {}
        circle = [given.get(name) for name in ("lat", "lng", "radius_km")]
        if any(one is not None for one in circle) and any(one is None for one in circle):
            raise forms.ValidationError(_("A circle needs a place on the map and a distance."))
        if not given.get("units") and circle[0] is None:
            raise forms.ValidationError(_("Say where: choose units, or a place on the map and a distance."))
        return given

    def circle(self) -> tuple[float, float, float] | None:
        """Latitude, longitude, kilometres."""
        given = self.cleaned_data
        return (given["lat"], given["lng"], given["radius_km"]) if given["lat"] is not None else None

    def facts(self) -> issuing.Facts:
        """The bulletin as it was entered."""
        given, circle = self.cleaned_data, self.circle()
        rows = queries.run_by(self.scope).filter(kind__in=given["kinds"], closed_at=None).order_by("path")
        groups = issuing.reached(list(rows), units=given["units"], circle=circle)
        return issuing.Facts(
            title=given["title"],
            words=self.words(),
            groups=groups,
            place=circle[:2] if circle else None,
            radius_km=circle[2] if circle else None,
        )


class CorrectionForm(WordsForm):
    """What is right, or why it is withdrawn."""

    withdraw = forms.BooleanField(label=_("Withdraw it: nothing of it holds"), required=False)
    ticked = Ticks()


class ClaimForm(forms.Form):
    """A rumour in neutral words."""

    text = forms.CharField(
        label=_("The rumour, in neutral words"),
        max_length=claiming.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Those near by read exactly this. No names of people."),
    )
    place = forms.CharField(
        label=_("Place"), required=False, max_length=120, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), to_field_name="public_id")

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_run(scope)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["unit"].initial = getattr(units.first(), "public_id", None)


class AskForm(forms.Form):
    """How many are asked."""

    most = forms.IntegerField(
        label=_("At most so many people"), min_value=1, max_value=verifying.MOST, initial=verifying.USUAL
    )
