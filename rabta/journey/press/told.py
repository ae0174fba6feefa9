"""A version as it reads in a message: its number, its words exactly, and where they can be checked."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format

from rabta.publishing import phrases
from rabta.publishing.models import Version

LANGUAGES = ("en", "hi", "ur")


def moment(at: datetime, language: str = "en") -> str:
    """Day and time in the force's zone, as it is said in a language of the interface."""
    with translation.override(language if language in LANGUAGES else "en"):
        return date_format(timezone.localtime(at), "j F Y, H:i")


def address(version: Version) -> str:
    """Where everybody reads it, for good."""
    return f"{settings.BASE_URL}/versions/{version.number}/"


def words_of(version: Version, *, embargo: bool = False, verdict: str = "") -> dict[str, str]:
    """Words by language: those in which the version is written; English for everybody else."""
    texts = {"en": version.text, "hi": version.text_hi, "ur": version.text_ur}
    said = {
        language: _message(version, language, text, embargo=embargo, verdict=verdict)
        for language, text in texts.items()
        if text
    }
    return said | {"": said["en"]}


def withdrawn(version: Version) -> dict[str, str]:
    """That it is withdrawn, in five languages."""
    said = {
        language: phrases.phrase(
            "withdrawn", language=language, number=version.number, why=version.withdrawn_why
        )
        for language in (*LANGUAGES, "ps", "roman")
    }
    return said | {"": said["en"]}


def _message(version: Version, language: str, text: str, *, embargo: bool, verdict: str) -> str:
    title = {"hi": version.title_hi, "ur": version.title_ur}.get(language) or version.title
    lines = []
    if embargo and version.embargo_until:
        lines.append(
            phrases.phrase("embargo", language=language, time=moment(version.embargo_until, language))
        )
    if version.corrects:
        lines.append(
            phrases.phrase(
                "correction", language=language, number=version.number, older=version.corrects.number
            )
        )
    else:
        lines.append(phrases.phrase("head", language=language, number=version.number))
    if verdict:
        lines.append(phrases.phrase(verdict, language=language))
    lines += [title, text, phrases.phrase("check", language=language, link=address(version))]
    return "\n".join(lines)
