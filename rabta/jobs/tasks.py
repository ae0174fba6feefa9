"""Deferred jobs (procrastinate). They carry ids only and say who they act as."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rabta.jobs import media


@app.task(
    name="rabta.jobs.tasks.fetch_media",
    queue="media",
    pass_context=False,
    retry=RetryStrategy(max_attempts=12, exponential_wait=3),
)
def fetch_media(attachment_ids: list[int]) -> None:
    """Fetch the files that came with messages from the provider, and make the copies for handling."""
    media.fetch_attachments(attachment_ids, now=timezone.now())
