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


@app.task(name="rabta.jobs.tasks.hand_over_case", queue="handing")
def hand_over_case(transfer_id: int) -> None:
    """Hand a case to another force's Rabta: one try, the sweep comes back to what failed or was lost."""
    from rabta.jobs import handing

    handing.hand_over(transfer_id, now=timezone.now())


@app.task(name="rabta.jobs.tasks.fan_out", queue="fan_out")
def fan_out(broadcast_id: int) -> None:
    """Put what is said to groups into the outbox, piece by piece."""
    from rabta.groups import fanning

    while fanning.go_on(broadcast_id, now=timezone.now()):
        pass


@app.task(name="rabta.jobs.tasks.spread_direction", queue="fan_out")
def spread_direction(direction_id: int) -> None:
    """An instruction begins its way; a lost one is taken up by the sweep (so too below)."""
    from rabta.journey.groups.directions import relaying

    relaying.spread(direction_id, now=timezone.now())


@app.task(name="rabta.jobs.tasks.carry_hop", queue="fan_out")
def carry_hop(hop_id: int) -> None:
    """Bring an instruction to a group's members and the level below."""
    from rabta.journey.groups.directions import relaying

    relaying.carry(hop_id, now=timezone.now())


@app.task(
    name="rabta.jobs.tasks.tell_good_work", queue="fan_out", retry=RetryStrategy(max_attempts=5, wait=10)
)
def tell_good_work(work_id: int) -> None:
    """All circle groups hear of approved good work."""
    from rabta.journey.groups.directions import praising

    praising.tell_circles(work_id, now=timezone.now())


@app.task(name="rabta.jobs.tasks.prepare_photo", queue="media", retry=RetryStrategy(max_attempts=5, wait=5))
def prepare_photo(photo_id: int) -> None:
    """Make the copy of a unit's photo that may be looked at."""
    from rabta.jobs import photos

    photos.prepare(photo_id, now=timezone.now())


@app.task(
    name="rabta.jobs.tasks.fetch_proof",
    queue="media",
    pass_context=True,
    retry=RetryStrategy(max_attempts=MOST_TRIES, exponential_wait=3),
)
def fetch_proof(context: JobContext, journal_id: int, position: int, hop_id: int, officer_id: int) -> None:
    """Fetch a photo that an officer sent from his telephone, as his unit's proof."""
    from rabta.jobs import photos

    last = context.job.attempts + 1 >= MOST_TRIES
    photos.fetch(journal_id, position, hop_id, officer_id, now=timezone.now(), last=last)


@app.task(
    name="rabta.jobs.tasks.tell_claim",
    queue="groups",
    retry=RetryStrategy(max_attempts=8, exponential_wait=4),
)
def tell_claim(version_id: int) -> None:
    """Tell all who sent or received a rumour what the police say of it, or that this holds no more."""
    from rabta.journey.press import rumours

    rumours.tell(version_id, now=timezone.now())


@app.task(
    name="rabta.jobs.tasks.tell_late",
    queue="groups",
    retry=RetryStrategy(max_attempts=8, exponential_wait=4),
)
def tell_late(report_id: int) -> None:
    """Tell who sent a rumour that was answered already what the police say of it."""
    from rabta.journey.press import rumours

    rumours.tell_late(report_id, now=timezone.now())


@app.task(name="rabta.jobs.tasks.send_join_code", queue="groups", retry=RetryStrategy(max_attempts=3, wait=2))
def send_join_code(application_id: int) -> None:
    """Send the digits that prove a number."""
    from rabta.journey.groups.members import joining

    joining.send_code(application_id, now=timezone.now())


@app.task(
    name="rabta.jobs.tasks.take_application", queue="groups", retry=RetryStrategy(max_attempts=8, wait=5)
)
def take_application(application_id: int) -> None:
    """Somebody whose number is proved wants to join: the station sees it."""
    from rabta.journey.groups.members import joining

    joining.take(application_id, now=timezone.now())


@app.task(name="rabta.jobs.tasks.tell_decision", queue="groups", retry=RetryStrategy(max_attempts=5, wait=5))
def tell_decision(decision_id: int, step: str) -> None:
    """Tell a member or an applicant what was decided."""
    from rabta.journey.groups.members import vetting

    vetting.tell(decision_id, step, now=timezone.now())


@app.task(
    name="rabta.jobs.tasks.tell_appointed", queue="groups", retry=RetryStrategy(max_attempts=3, wait=10)
)
def tell_appointed(group_id: int) -> None:
    """Tell somebody outside the police that he runs a group."""
    from rabta.journey.groups.members import running

    running.tell(group_id, now=timezone.now())


@app.task(
    name="rabta.jobs.tasks.fetch_group_picture",
    queue="media",
    pass_context=True,
    retry=RetryStrategy(max_attempts=MOST_TRIES, exponential_wait=3),
)
def fetch_group_picture(context: JobContext, item_id: int) -> None:
    """Fetch a picture that a member sent to his group, and see whether it only greets."""
    from rabta.jobs import group_talk

    group_talk.fetch_picture(item_id, now=timezone.now(), last=context.job.attempts + 1 >= MOST_TRIES)


@app.task(name="rabta.jobs.tasks.tell_refused", queue="desk", retry=RetryStrategy(max_attempts=5, wait=10))
def tell_refused(item_id: int) -> None:
    """Tell a member that his message was not passed on."""
    from rabta.jobs import group_talk

    group_talk.tell_refused(item_id, now=timezone.now())


@app.task(
    name="rabta.jobs.tasks.take_item_to_desk",
    queue="desk",
    retry=RetryStrategy(max_attempts=8, exponential_wait=3),
)
def take_item_to_desk(item_id: int) -> None:
    """Make what a member wrote to his group a citizen's message at the desk."""
    from rabta.jobs import group_talk

    group_talk.to_desk(item_id, now=timezone.now())
