"""The register: conversations, messages, cases, orders, reports, evidence, and the events that nobody can change.

`visible_to` on the tables that are listed holds the units that may see the row (the unit itself and those above it),
`hidden_from` those whose officers must not, whatever else they may; `rabta.rules.visibility` says which, row-level
security reads them. `held`: written while the case was withheld, and kept by those who saw it then.
"""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rabta.cases.flags import CONSTRAINTS, INDEXES, Flags
from rabta.cases.kinds import Appeal as Appeal
from rabta.cases.kinds import Kind as Kind
from rabta.cases.kinds import Outcome as Outcome
from rabta.cases.kinds import State as State
from rabta.cases.kinds import Withheld as Withheld
from rabta.cases.lists import INDEXES as LIST_INDEXES
from rabta.cases.parts import CONSTRAINTS as PART_CONSTRAINTS
from rabta.cases.parts import INDEXES as PART_INDEXES
from rabta.cases.parts import Parts, state_told
from rabta.cases.reasons import in_words
from rabta.cases.tasks import Evidence as Evidence
from rabta.cases.tasks import Order as Order
from rabta.cases.tasks import Report as Report
from rabta.kit.ids import public_id
from rabta.kit.mentions import without_mentions
from rabta.people.models import Safe


class Conversation(models.Model):
    """All that one person and one account of ours wrote to each other."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    account = models.ForeignKey("channels.Account", on_delete=models.PROTECT)
    handle = models.ForeignKey("people.Handle", on_delete=models.PROTECT, related_name="conversations")
    language = models.CharField(max_length=8, blank=True)
    last_in_at = models.DateTimeField(null=True)
    greeted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "handle"], name="one_conversation_per_account_and_handle"
            )
        ]

    def __str__(self) -> str:
        return f"conversation {self.public_id}"


class Case(Flags, Parts):
    """One matter of one person, under a reference number."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    reference = models.CharField(max_length=16, unique=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="cases")
    account = models.ForeignKey("channels.Account", on_delete=models.PROTECT)
    subject = models.CharField(max_length=140, blank=True)
    language = models.CharField(max_length=8, blank=True)
    kind = models.CharField(max_length=30, choices=Kind.choices, default=Kind.COMPLAINT)
    category = models.CharField(max_length=40, blank=True)
    category_source = models.CharField(max_length=10, blank=True)  # citizen, words, operator
    urgency = models.PositiveSmallIntegerField(default=3)
    withheld = models.CharField(max_length=12, choices=Withheld.choices, blank=True)
    withheld_why = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=14, choices=State.choices, default=State.NEW)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    closing_remark = models.TextField(blank=True)
    place = models.CharField(max_length=200, blank=True)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    place_source = models.CharField(max_length=10, blank=True)  # pin, text, citizen, operator
    routing_why = models.JSONField(default=dict, blank=True)
    waiting_why = models.JSONField(default=dict, blank=True)
    desk_unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    lead_unit = models.ForeignKey("force.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    accused_unit = models.ForeignKey("force.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    accused_officers = ArrayField(models.BigIntegerField(), default=list, blank=True)
    # Officers of a confidential inquiry: only they see the case.
    named_officers = ArrayField(models.BigIntegerField(), default=list, blank=True)
    assigned_to = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    receipt_digest = models.CharField(max_length=32, blank=True, db_index=True)
    # What its author is called in this case alone, where a name that others know already is not to be told with it.
    author_alias = models.CharField(max_length=8, blank=True, db_default="", default="")
    # Said in a withheld or confidential case: it must not show on the same person's other cases.
    safe = models.CharField(max_length=3, choices=Safe.choices, default=Safe.UNKNOWN, blank=True)
    visible_to = ArrayField(models.BigIntegerField(), default=list)
    hidden_from = ArrayField(models.BigIntegerField(), default=list, blank=True)
    # Who saw the case until it was last released; nobody else reads what was done with it until then.
    held_since = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    held_by = ArrayField(models.BigIntegerField(), default=list, blank=True)
    held_from = ArrayField(models.BigIntegerField(), default=list, blank=True)
    opened_at = models.DateTimeField()
    limits_from = models.DateTimeField(null=True)  # when it came here, if another register held it before
    last_in_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    reply_due_at = models.DateTimeField(null=True)
    contact_due_at = models.DateTimeField(null=True)
    report_due_at = models.DateTimeField(null=True)
    limits_version = models.PositiveIntegerField(
        default=0, db_default=0
    )  # the rules of review.Version that set them
    replied_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # What was said from then on may be another matter (`rules.threading`); the desk says whether it is.
    split_offered_at = models.DateTimeField(null=True)

    # Known while a message is placed, and not kept: why what came in must be withheld, before it is judged; whether any
    # unit has an open order on it, or ever had one.
    opens_withheld: str = ""
    is_ordered: bool = False
    was_ordered: bool = False

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(outcome="")
                | ~Q(state="closed") & Q(outcome="", closed_at=None),
                name="outcome_only_when_closed",
            ),
            *CONSTRAINTS,
            *PART_CONSTRAINTS,
        ]
        indexes = [
            GinIndex(fields=["visible_to"], name="case_visible_to"),
            models.Index(fields=["-last_in_at", "-id"], name="case_newest"),
            models.Index(
                fields=["-last_in_at", "-id"], condition=~Q(state="closed"), name="case_open_newest"
            ),
            models.Index(fields=["lead_unit", "-last_in_at"], name="case_by_lead"),
            models.Index(fields=["conversation", "-last_in_at"], name="case_by_conversation"),
            models.Index(fields=["urgency", "-last_in_at"], condition=Q(state="new"), name="case_waiting"),
            models.Index(fields=["conversation"], condition=Q(safe="no"), name="case_not_safe"),
            *INDEXES,
            *LIST_INDEXES,
            *PART_INDEXES,
        ]

    @property
    def runs_since(self) -> datetime:
        """From when its limits run."""
        return self.limits_from or self.opened_at

    @property
    def hides_author(self) -> bool:
        """Whether nobody is told who wrote: with this case, or ever."""
        return bool(self.author_alias) or self.conversation.handle.person.protected

    def __str__(self) -> str:
        return self.reference

    @property
    def confidential(self) -> bool:
        """Whether only the named officers see it."""
        return bool(self.named_officers)

    state_told = property(state_told)  # the state that its sender reads

    @property
    def withheld_reason(self) -> str:
        """Why the case is not ordered automatically, in the reader's language."""
        return in_words(self.withheld_why)

    @property
    def routing_reason(self) -> str:
        """Why this unit leads (or would lead), in the reader's language."""
        return in_words(self.routing_why)

    @property
    def waiting_reason(self) -> str:
        """What the desk has to decide, in the reader's language."""
        return in_words(self.waiting_why)


class Message(models.Model):
    """One thing said: by the citizen (in), by us (out), or among ourselves (note)."""

    class Direction(models.TextChoices):
        IN = "in", _("received")
        OUT = "out", _("sent")
        NOTE = "note", _("internal note")

    class About(models.TextChoices):
        REPLY = "reply", _("Reply to another post")
        QUOTE = "quote", _("Quotes another post")
        REPOST = "repost", _("Repeats another post")

    ANSWER = "answer"  # the kind of what answers a question of the machine: it was made into a choice

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=4, choices=Direction.choices)
    kind = models.CharField(max_length=12, default="text")
    text = models.TextField(blank=True)
    language = models.CharField(max_length=8, blank=True)
    noise = models.CharField(max_length=10, blank=True)  # greeting, forward
    forwarded = models.BooleanField(default=False)
    # Said to others, in a group: nobody is answered, and what is no report is kept without a case.
    overheard = models.BooleanField(default=False, db_default=False)
    automatic = models.BooleanField(default=False)
    # An officer's words that have not left: the neutral sentence went instead, until it is safe to write.
    waits = models.BooleanField(default=False)
    author = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    author_post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    in_reply_to = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    delivery = models.ForeignKey("outbox.Delivery", null=True, on_delete=models.PROTECT, related_name="+")
    provider_digest = models.BinaryField(max_length=16, null=True)
    # A public post: where it stands, its id at the provider (sealed to the relay, which answers under it), and the
    # other post that it replies to, quotes or repeats.
    public = models.BooleanField(default=False)
    link = models.CharField(max_length=300, blank=True)
    sealed_id = models.BinaryField(null=True)
    about = models.CharField(max_length=6, choices=About.choices, blank=True)
    about_digest = models.BinaryField(max_length=16, null=True)
    about_text = models.TextField(blank=True)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    place_name = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    reaction = models.CharField(max_length=16, blank=True)
    visible_to = ArrayField(models.BigIntegerField(), default=list)
    hidden_from = ArrayField(models.BigIntegerField(), default=list, blank=True)
    held = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="message_by_case"),
            models.Index(fields=["conversation", "id"], name="message_by_conversation"),
            models.Index(fields=["provider_digest"], name="message_by_provider"),
            models.Index(
                fields=["about_digest"], condition=~Q(about_text=""), name="message_showing_another"
            ),
            models.Index(
                fields=["-id"], condition=Q(case=None, overheard=False), name="message_without_case"
            ),
            models.Index(fields=["-id"], condition=Q(case=None, overheard=True), name="message_talk"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.public_id}"

    @property
    def hides_author(self) -> bool:
        """Whether nobody is told who wrote it: with its case, or ever."""
        return bool(self.case and self.case.author_alias) or self.conversation.handle.person.protected

    @property
    def judged_text(self) -> str:
        """The words that say what it is about, as `arrival.text_judged` gives them; none of what was taken back."""
        if self.revoked_at:
            return ""
        if not self.public:
            return "" if self.kind == self.ANSWER else self.text
        shown = self.about_text if self.about == self.About.QUOTE else ""
        return "\n".join(filter(None, map(without_mentions, (self.text, shown))))


class MessageVersion(models.Model):
    """What a message said before it was edited or revoked: kept, and hidden from ordinary view."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="versions")
    text = models.TextField(blank=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"earlier text of {self.message_id}"


class Attachment(models.Model):
    """A file that came with a message. `sealed_ref` (under the accounts key) is what the channel needs to fetch it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("being fetched")
        STORED = "stored", _("stored")
        REFUSED = "refused", _("could not be read")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(max_length=10)
    mime = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=200, blank=True)
    sealed_ref = models.BinaryField(null=True)
    expected_sha256 = models.CharField(max_length=64, blank=True)
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    told = models.TextField(blank=True, default="")  # what is in a source's file, as the desk noted it
    released = models.BooleanField(default=False)  # the desk let officers have a source's file as it came

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class Event(models.Model):
    """What happened to a case. Append-only and partitioned by id; `tx` lets the tailer read in commit order."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    what = models.CharField(max_length=30)
    officer = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    system_reason = models.CharField(max_length=80, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="event_by_case"),
            models.Index(fields=["-at", "-id"], name="event_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.case_id}"
