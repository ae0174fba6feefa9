"""The form "Click and Post" and its checks. Everything may stay empty but the matter itself: words or a photo."""

from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rabta.files.checks import UploadRefused, check_upload
from rabta.kit import phones
from rabta.triage import tables

MOST_FILES = 6
LONGEST_TEXT = 10_000
KINDS = ("image", "audio", "video", "document")
ACCEPT = "image/*,audio/*,video/*,application/pdf"


class SeveralFiles(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class Files(forms.FileField):
    """The uploaded files, each checked; an empty list when there are none."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        uploads = [upload for upload in (data or []) if upload]
        if len(uploads) > MOST_FILES:
            raise forms.ValidationError(_("At most %(number)s files at once.") % {"number": MOST_FILES})
        for upload in uploads:
            try:
                check_upload(upload, kinds=KINDS)
            except UploadRefused as refused:
                raise forms.ValidationError(f"{upload.name}: {refused}") from None
        return uploads


class MessageForm(forms.Form):
    """More words or pictures to a case that is known by its receipt code."""

    key = forms.RegexField(r"^[0-9a-f-]{36}$", widget=forms.HiddenInput, initial=uuid4)
    photos = Files(
        label=_("Photo"),
        required=False,
        widget=SeveralFiles(attrs={"accept": ACCEPT, "multiple": True}),
    )
    text = forms.CharField(
        label=_("What happened?"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        nothing = not cleaned.get("text") and not cleaned.get("photos")
        if nothing and not self.errors:
            raise forms.ValidationError(_("Write what happened, or add a photo."))
        return cleaned


class PostForm(MessageForm):
    """A new matter."""

    place = forms.CharField(
        label=_("Where?"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
        help_text=_("Village, quarter, road or a place that people know."),
    )
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lng = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    category = forms.ChoiceField(label=_("What is it about?"), required=False)
    contact = forms.ChoiceField(
        choices=[("named", _("With my name or number")), ("anonymous", _("Anonymous"))],
        required=False,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Telephone number"),
        required=False,
        max_length=30,
        widget=forms.TextInput(
            attrs={"dir": "ltr", "type": "tel", "autocomplete": "tel", "inputmode": "tel"}
        ),
    )

    safe = forms.ChoiceField(
        label=_("Is it safe to write to you or call you there?"),
        required=False,
        choices=[("", _("I do not know")), ("yes", _("Yes")), ("no", _("No: somebody may read or hear it"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        known = [(code, tables.category_label(code, language=language)) for code in tables.categories()]
        self.fields["category"].choices = [("", _("I do not know")), *sorted(known, key=lambda pair: pair[1])]
        self.fields["text"].widget.attrs["rows"] = 6

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"].strip()
        if not typed or self.cleaned_data.get("contact") == "anonymous":
            return ""
        number = phones.parse(typed, region=settings.REGION)
        if number is None:
            raise forms.ValidationError(
                _("This is not a telephone number. Check the digits, or leave it empty.")
            )
        return number

    def clean_name(self) -> str:
        return "" if self.cleaned_data.get("contact") == "anonymous" else self.cleaned_data["name"].strip()
