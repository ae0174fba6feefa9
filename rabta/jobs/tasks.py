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


@app.task(
    name="rabta.jobs.tasks.ask_provider",
    queue="asking",
    retry=RetryStrategy(max_attempts=8, exponential_wait=4),
)
def ask_provider(journal_id: int, position: int) -> None:
    """Ask the provider for the whole of what a hook only pointed to."""
    from rabta.jobs import asking

    asking.complete(journal_id, position, now=timezone.now())


@app.task(name="rabta.jobs.tasks.catch_up", queue="asking")
def catch_up(account_id: int) -> None:
    """Ask an account's provider for what hooks did not bring."""
    from rabta.jobs import asking

    asking.catch_up(account_id, now=timezone.now())


@app.task(name="rabta.jobs.tasks.clean_picture", queue="media", retry=RetryStrategy(max_attempts=5, wait=5))
def clean_picture(file_id: int) -> None:
    """Make the copy of a picture that may be published: without the camera's notes."""
    from rabta.jobs import media

    media.clean_picture(file_id, now=timezone.now())


@app.task(
    name="rabta.jobs.tasks.prepare_evidence", queue="media", retry=RetryStrategy(max_attempts=5, wait=5)
)
def prepare_evidence(evidence_id: int) -> None:
    """Make the copy of an officer's photo that may be looked at."""
    from rabta.jobs import evidence

    evidence.prepare(evidence_id, now=timezone.now())


@app.task(
    name="rabta.jobs.tasks.fetch_evidence",
    queue="media",
    pass_context=True,
    retry=RetryStrategy(max_attempts=MOST_TRIES, exponential_wait=3),
)
def fetch_evidence(
    context: JobContext, journal_id: int, position: int, order_id: int, officer_id: int
) -> None:
    """Fetch a photo that an officer sent from his telephone, and put it to his order."""
    from rabta.jobs import evidence

    last = context.job.attempts + 1 >= MOST_TRIES
    evidence.fetch(journal_id, position, order_id, officer_id, now=timezone.now(), last=last)


@app.task(
    name="rabta.jobs.tasks.send_sign_in_link", queue="sign_in", retry=RetryStrategy(max_attempts=3, wait=2)
)
def send_sign_in_link(link_id: int) -> None:
    """Send the link that somebody asked for, when the number is an officer's."""
    from rabta.force.access import system
    from rabta.journey.posts import sign_in

    with system("sending a link to sign in"):
        sign_in.send_link(link_id, now=timezone.now())


@app.task(name="rabta.jobs.tasks.tell_of_help", queue="sign_in", retry=RetryStrategy(max_attempts=3, wait=2))
def tell_of_help(officer_id: int) -> None:
    """Tell an officer that the way of signing in was changed."""
    from rabta.force.access import system
    from rabta.journey.posts import sign_in

    with system("telling of a changed sign-in"):
        sign_in.tell_of_help(officer_id, now=timezone.now())


@app.task(
    name="rabta.jobs.tasks.submit_template", queue="media", retry=RetryStrategy(max_attempts=5, wait=10)
)
def submit_template(template_id: int) -> None:
    """Hand a template in for approval."""
    from rabta.jobs import templates

    templates.submit(template_id, now=timezone.now())


@app.task(name="rabta.jobs.tasks.refresh_templates", queue="media")
def refresh_templates(credential_id: int) -> None:
    """Ask the provider how its templates stand."""
    from rabta.jobs import templates

    templates.refresh(credential_id, now=timezone.now())


@app.task(
    name="rabta.jobs.tasks.work_off", queue="desk", retry=RetryStrategy(max_attempts=8, exponential_wait=3)
)
def work_off(batch_id: int) -> None:
    """Do one thing with many cases, as the officer who asked for it."""
    from rabta.journey.deciding import many

    many.work_off(batch_id, now=timezone.now())
