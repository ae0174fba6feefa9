"""A photo, recording or document that goes to the citizen with an answer."""

from datetime import datetime

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta.cases.models import Attachment, Case, Message
from rabta.cases.refusal import Refused
from rabta.channels.registry import BY_KIND
from rabta.files.models import StoredFile
from rabta.replying.letters import free_text, leaves_of, sensitive
from rabta.rules.contact import Leaves

MB = 1024 * 1024


def check(case: Case, *, file: StoredFile | None, text: str, now: datetime) -> None:
    """Refused, in words, where this file would not reach the citizen over the channel of the case."""
    if file is None:
        return
    channel = BY_KIND[case.account.channel]
    largest = channel.limits.media_bytes.get(file.kind, 0)
    if channel.send is not None and not largest:
        raise Refused(_("%(channel)s takes no file of this kind.") % {"channel": channel.label})
    if channel.send is not None and file.size > largest:
        values = {"channel": channel.label, "most": largest // MB, "size": -(-file.size // MB)}
        raise Refused(
            _("%(channel)s takes at most %(most)d MB of this kind; the file has %(size)d MB.") % values
        )
    if file.kind == "audio" and text.strip():
        raise Refused(_("A recording goes without words. Send the words by themselves."))
    if sensitive(case) and leaves_of(case) not in ("", Leaves.WORDS):
        raise Refused(_("Others may read this person's screen: no file is sent until writing there is safe."))
    if channel.send is not None and not free_text(case.conversation, now=now):
        raise Refused(_("A file can only be sent within 24 hours of the citizen's last message."))


def attach(message: Message, file: StoredFile) -> None:
    """Show the file with the message. The copy of a picture without the camera's notes is made by a job."""
    waits = file.kind == "image" and file.cleaned_id is None
    attachment = Attachment.objects.create(
        message=message,
        kind=file.kind,
        mime=file.mime,
        name=file.name,
        file=file,
        state=Attachment.State.WAITING if waits else Attachment.State.STORED,
    )
    if waits:
        job = deferred.configure_task("rabta.jobs.tasks.fetch_media", allow_unknown=True, queue="media")
        job.defer(attachment_ids=[attachment.pk])
