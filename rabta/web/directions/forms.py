"""The form by which an instruction is given."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from rabta.force.access import Permission, Scope
from rabta.groups import directions
from rabta.groups.models import Direction, Group
from rabta.journey.groups.directions import directing
from rabta.journey.groups.directions.directing import New

# By language: the label of the title, and that of the words.
LANGUAGES = {
    "ur": (_("Title in Urdu"), _("In Urdu")),
    "hi": (_("Title in Hindi"), _("In Hindi")),
    "ps": (_("Title in Pashto"), _("In Pashto")),
    "roman": (_("Title in Roman letters"), _("In Roman letters")),
}
MINUTES = [
    (30, _("30 minutes")),
    (60, _("1 hour")),
    (120, _("2 hours")),
    (240, _("4 hours")),
    (720, _("12 hours")),
    (1440, _("1 day")),
    (4320, _("3 days")),
]
MOST_GROUPS = 300


def _title(label: Any, *, required: bool) -> forms.CharField:
    widget = forms.TextInput(attrs={"dir": "auto"})
    return forms.CharField(label=label, required=required, max_length=directing.LONGEST_TITLE, widget=widget)


def groups_for(scope: Scope) -> QuerySet[Group]:
    """The groups to which the officer gives instructions, the highest first."""
    units = sorted(scope.units_with(Permission.DIRECT))
    rows = Group.objects.filter(visible_to__overlap=units, closed_at=None, kind__in=directions.INSTRUCTED)
    first = rows.order_by("path__len", "name").values_list("pk", flat=True)[:MOST_GROUPS]
    return Group.objects.filter(pk__in=list(first)).order_by("path__len", "name", "pk")


class DirectionForm(forms.Form):
    """What is to be done, by whom, till when, and whether proof is asked for."""

    group = forms.ModelChoiceField(
        label=_("To this group and all below"),
        queryset=Group.objects.none(),
        to_field_name="public_id",
        empty_label=None,
    )
    kind = forms.ChoiceField(label=_("What it is"), choices=Direction.Kind.choices)
    title = _title(_("Title"), required=True)
    text = forms.CharField(
        label=_("Instruction"),
        max_length=directing.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("At most 600 letters, in the language that most read. It can’t be changed later."),
    )
    file = forms.FileField(
        label=_("Picture, if one goes with it"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
    )
    police_only = forms.TypedChoiceField(
        label=_("Who hears it"),
        coerce=lambda value: value == "police",
        choices=[("all", _("Everybody in the groups")), ("police", _("Police only: not one civilian"))],
        widget=forms.RadioSelect,
        initial="all",
    )
    at_once = forms.TypedChoiceField(
        label=_("How it goes down"),
        coerce=lambda value: value == "now",
        choices=[
            ("hops", _("Level by level: each receives it, may add words, and passes it on")),
            ("now", _("At once: members of all levels hear it now, each level confirms by name")),
        ],
        widget=forms.RadioSelect,
        initial="hops",
    )
    minutes = forms.TypedChoiceField(
        label=_("Time for each level"),
        coerce=int,
        choices=MINUTES,
        initial=240,
        help_text=_("What is late goes on by itself, and is told one level up by name."),
    )
    reminders = forms.TypedChoiceField(
        label=_("Reminders before that"), coerce=int, choices=[(n, str(n)) for n in range(4)], initial=1
    )
    proof = forms.ChoiceField(label=_("Proof that it was done"), choices=Direction.Proof.choices)
    proof_words = forms.CharField(label=_("What the proof must show"), max_length=300, required=False)
    proof_of_all = forms.BooleanField(label=_("From every level, not only the lowest groups"), required=False)
    proof_due_at = forms.DateTimeField(
        label=_("Proof till"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = groups_for(scope)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        self.initial.setdefault(
            "group", groups.filter(children__closed_at=None, children__isnull=False).first()
        )
        for code, (title, text) in LANGUAGES.items():
            self.fields[f"title_{code}"] = _title(title, required=False)
            self.fields[code] = forms.CharField(
                label=text,
                required=False,
                max_length=directing.LONGEST,
                widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
            )

    @property
    def others(self) -> list[forms.BoundField]:
        """The fields of the other languages: of each its title and its words."""
        return [self[name] for code in LANGUAGES for name in (f"title_{code}", code)]

    def new(self) -> New:
        """The instruction that was written, without its picture."""
        said = self.cleaned_data
        return New(
            title=said["title"],
            titles={code: said[f"title_{code}"] for code in LANGUAGES},
            words={"": said["text"]} | {code: said[code] for code in LANGUAGES},
            group=said["group"],
            kind=said["kind"],
            police_only=said["police_only"],
            at_once=said["at_once"],
            limit=timedelta(minutes=said["minutes"]),
            reminders=said["reminders"],
            proof=said["proof"],
            proof_words=said["proof_words"],
            proof_of_all=said["proof_of_all"],
            proof_due_at=said["proof_due_at"],
        )
