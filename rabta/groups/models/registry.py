"""The register of groups: a tree beside that of the units, and which posts belong to each group by themselves."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rabta.force.models import Named, Role
from rabta.kit.ids import public_id


class Group(Named):
    """A group of the force: moderated, over the members' own channels, so without a limit of size.

    `path` holds the ids from the highest group down to this one; `visible_to` the units from the force down to its own.
    `chat` is one that lives elsewhere (a Telegram group, a WhatsApp group whose export is read): listed, read
    where the channel allows, and sent to as one address.
    """

    class Kind(models.TextChoices):
        VOLUNTEERS = "volunteers", _("Volunteers of a station")
        CIRCLE = "circle", _("Circle")
        DISTRICT = "district", _("District")
        RANGE = "range", _("Range")
        HEADQUARTERS = "headquarters", _("Headquarters")
        POLICE = "police", _("All police")
        MEDIA = "media", _("Media")
        CITIZENS = "citizens", _("Citizens who asked for news")

    class Mode(models.TextChoices):
        MODERATED = "moderated", _("Members write, a moderator lets through")
        ANNOUNCEMENTS = "announcements", _("Only announcements")
        DIGEST = "digest", _("Members write, the best goes out once a day")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    code = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    mode = models.CharField(max_length=13, choices=Mode.choices, default=Mode.MODERATED)
    purpose = models.CharField(max_length=300, blank=True)
    rules = models.TextField(blank=True)
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="groups")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = ArrayField(models.BigIntegerField(), default=list)
    visible_to = ArrayField(models.BigIntegerField(), default=list)
    # Who runs it: a post, or somebody outside the police (K22).
    administrator = models.ForeignKey(
        "force.Post", null=True, on_delete=models.PROTECT, related_name="groups"
    )
    outside = models.ForeignKey(
        "groups.Member", null=True, on_delete=models.PROTECT, related_name="administers"
    )
    chat_account = models.ForeignKey(
        "channels.Account", null=True, on_delete=models.PROTECT, related_name="groups"
    )
    chat = models.CharField(max_length=80, blank=True)
    # Between these, in the force's zone, nothing goes out but what is urgent.
    quiet_from = models.TimeField(null=True)
    quiet_to = models.TimeField(null=True)
    members = models.PositiveIntegerField(default=0, db_default=0)  # kept by a trigger
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(administrator=None) | Q(outside=None), name="group_is_run_by_one_side"
            ),
            models.UniqueConstraint(
                fields=["chat_account", "chat"],
                condition=~Q(chat_account=None) & Q(closed_at=None),
                name="one_group_for_each_chat",
            ),
        ]


class Seat(models.Model):
    """Posts that belong to a group by themselves: whoever holds one is in it, as long as he holds it.

    `role` empty: all posts. `reach` says where they stand, from the group's own unit: there, below it, or above it.
    """

    class Reach(models.TextChoices):
        OWN = "own", _("the unit itself")
        BELOW = "below", _("the unit and all below it")
        ABOVE = "above", _("the units above it")

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="seats")
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    reach = models.CharField(max_length=5, choices=Reach.choices)
    personnel = models.BooleanField(default=False)  # also those of these units who have no login

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "role", "reach"], name="one_seat_for_each_role_and_reach"
            ),
            models.CheckConstraint(
                condition=Q(personnel=False) | Q(role="", reach__in=["own", "below"]),
                name="personnel_have_no_role",
            ),
        ]

    def __str__(self) -> str:
        role = self.get_role_display() if self.role else _("All posts")
        return f"{role} · {self.get_reach_display()}"
