"""Deferred jobs (procrastinate). They carry ids only and say who they act as."""

from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

MOST_TRIES = 12  # with exponential waiting: about six days, a provider keeps media for seven


@app.task(
    name="rabta.jobs.tasks.fetch_media",
    queue="media",
    pass_context=True,
    retry=RetryStrategy(max_attempts=MOST_TRIES, exponential_wait=3),
)
def fetch_media(context: JobContext, attachment_ids: list[int]) -> None:
    """Fetch the files that came with messages from the provider, and make the copies for handling."""
    from rabta.jobs import media  # every process loads this module, one of them fetches

    now = timezone.now()
    try:
        media.fetch_attachments(attachment_ids, now=now)
    except media.FetchLater as later:
        if context.job.attempts + 1 < MOST_TRIES:
            raise
        media.give_up(later.attachment_ids, now)
