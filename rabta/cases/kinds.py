"""What cases are, where they stand, how they end, and why one is withheld."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    COMPLAINT = "complaint", _("Complaint")
    TIP = "tip", _("Tip")
    QUERY = "query", _("Query")
    FEEDBACK = "feedback", _("Feedback")
    PRAISE = "praise", _("Praise")
    EMERGENCY = "emergency", _("Emergency")
    AGAINST_POLICE = "complaint_against_police", _("Complaint against police")


class State(models.TextChoices):
    NEW = "new", _("New")
    FORWARDED = "forwarded", _("Forwarded")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    IN_INQUIRY = "in_inquiry", _("In inquiry")
    CLOSED = "closed", _("Closed")


class Outcome(models.TextChoices):
    ACTION_TAKEN = "action_taken", _("Action taken")
    FIR_REGISTERED = "fir_registered", _("FIR registered")
    NOT_SUBSTANTIATED = "not_substantiated", _("Not substantiated")
    FOUND_FALSE = "found_false", _("Found false")
    ADVICE = "advice", _("Not a police matter (advice given)")
    TRANSFERRED = "transferred", _("Transferred to another force")
    DUPLICATE = "duplicate", _("Duplicate (merged)")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Appeal(models.TextChoices):
    """Where an appeal to the next level stands."""

    OPEN = "open", _("Appeal not decided yet")
    UPHELD = "upheld", _("Appeal upheld")
    REJECTED = "rejected", _("Appeal rejected")


class Withheld(models.TextChoices):
    """Why a case is never ordered automatically."""

    ACCUSATION = "accusation", _("Possible accusation against police")
    TIP = "tip", _("Tip: protect the source")
    RESTRICTED = "restricted", _("Restricted category")
