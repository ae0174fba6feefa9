"""People outside the police who belong to groups: volunteers, journalists, other offices, citizens who want news."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rabta.kit.ids import public_id


class Member(models.Model):
    """Somebody outside the police who belongs to groups.

    Nothing here touches the register of citizens: what the same person tells the police, perhaps as a protected
    source, must not stand beside it. `digest` finds the number again (for this purpose only), `shown` holds name and
    number under the desk key, `address` is where letters go, sealed to the relay.
    """

    class State(models.TextChoices):
        APPLIED = "applied", _("asked to join")
        ACTIVE = "active", _("member")
        REFUSED = "refused", _("refused")
        LAPSED = "lapsed", _("not renewed")
        REMOVED = "removed", _("removed")
        LEFT = "left", _("left")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    digest = models.BinaryField(max_length=16, unique=True)
    shown = models.BinaryField(null=True)
    name_keys = ArrayField(
        models.BigIntegerField(), default=list, db_default=[]
    )  # by which the name is found
    address = models.OneToOneField("outbox.Address", null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20)  # the kind of channel by which this member is written to
    # The only account that can write to this member (Telegram); empty: the nearest of the channel.
    account = models.ForeignKey("channels.Account", null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=8, blank=True)
    kind = models.SlugField(max_length=20)  # what the member is to the police: groups/data/kinds.csv
    section = models.SlugField(max_length=20, blank=True)  # of society: groups/data/sections.csv
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    visible_to = ArrayField(models.BigIntegerField(), default=list)  # the units from the force down to `unit`
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.APPLIED)
    opted_in_at = models.DateTimeField(null=True)
    opted_in_by = models.CharField(max_length=20, blank=True)  # qr, invitation, message, desk, register
    joined_at = models.DateTimeField(null=True)
    valid_until = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)  # STOP: nothing goes there until START
    strikes = models.PositiveSmallIntegerField(default=0, db_default=0)
    muted_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="active") | Q(opted_in_at__isnull=False), name="no_member_without_consent"
            )
        ]
        indexes = [
            models.Index(fields=["unit", "state"], name="member_by_unit"),
            models.Index(fields=["valid_until"], condition=Q(state="active"), name="member_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"member {self.public_id}"


class Membership(models.Model):
    """A member's place in one group, from when to when."""

    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="memberships")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="memberships")
    moderates = models.BooleanField(default=False)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=20, blank=True)  # left, stop, removed, lapsed, moved

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "member"], condition=Q(ended_at=None), name="one_place_in_each_group"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.group_id}"
