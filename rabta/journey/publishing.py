"""Posts of the force's own accounts: one officer writes, another lets go, the outbox sends.

Source: public release needs two persons (`docs/decisions/0031-posts-need-two-officers.md`).
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.files.models import StoredFile
from rabta.force.access import Grant, Permission, Scope
from rabta.force.names import listed
from rabta.journey.checks import said_something
from rabta.journey.deciding.public import WORDS
from rabta.outbox.posting import Outgoing, post
from rabta.publishing import texts
from rabta.publishing.models import Publication

MB = 1024 * 1024
LONGEST_ALT = 1000
KINDS = ("image", "video")


def accounts_of(by: Scope) -> list[Account]:
    """The accounts by which this officer may publish: those at and below the units that his posts serve."""
    kinds = [kind for kind, channel in BY_KIND.items() if channel.publishes and channel.send]
    rows = Account.objects.filter(channel__in=kinds).select_related("unit").order_by("channel", "name")
    return [account for account in rows if _grant(by, account)]


def _grant(by: Scope, account: Account) -> Grant | None:
    fitting = (g for g in by.grants if Permission.PUBLISH in g.permissions and g.unit_id in account.unit.path)
    return next(fitting, None)


def check(
    *, accounts: Sequence[Account], text: str, file: StoredFile | None, alt_text: str, by: Scope
) -> str:
    """The text, ready. Refused, in words, where it may not be published or does not fit one of the accounts."""
    if not accounts:
        raise Refused(_("Choose at least one account."))
    if not all(_grant(by, account) for account in accounts):
        raise Refused(_("None of your postings allows this here. Ask the desk that handles the case."))
    text = said_something(text, limit=63_000)
    ours = Account.objects.exclude(address="").values_list("address", flat=True)
    if found := texts.tells(text, ours=ours):
        told_of = listed(f"{WORDS[told]} (“{words}”)" for told, words in found)
        raise Refused(
            _("Everybody reads it: no reference numbers and no numbers of people. Leave out: %(found)s.")
            % {"found": told_of}
        )
    if file is not None and file.kind == "image" and not alt_text.strip():
        raise Refused(_("Say in words what is on the picture, for people who can't see it."))
    for account in accounts:
        _fits(account, text, file)
    return text


def _fits(account: Account, text: str, file: StoredFile | None) -> None:
    channel = BY_KIND[account.channel]
    assert channel.publishes is not None
    if over := texts.too_long(text, channel=channel):
        raise Refused(
            _("The text is too long for %(account)s by %(over)d characters.")
            % {"account": account, "over": over}
        )
    if channel.publishes.needs_picture and file is None:
        raise Refused(_("%(account)s publishes nothing without a picture or film.") % {"account": account})
    if file is None:
        return
    takes = {kind: channel.limits.media_bytes.get(kind, 0) for kind in KINDS}
    if file.size > takes.get(file.kind, 0):
        values = {"account": account, "picture": takes["image"] // MB, "film": takes["video"] // MB}
        raise Refused(
            _("%(account)s takes one picture of at most %(picture)d MB or one film of at most %(film)d MB.")
            % values
        )


def write(
    *,
    accounts: Sequence[Account],
    text: str,
    file: StoredFile | None,
    alt_text: str,
    confirmed: bool,
    by: Scope,
    now: datetime,
) -> list[Publication]:
    """Write one post for each account. Each waits until another officer lets it go."""
    text = check(accounts=accounts, text=text, file=file, alt_text=alt_text, by=by)
    if not confirmed:
        raise Refused(_("Everybody can read a post. Confirm that nobody is harmed by it."))
    made = []
    for account in accounts:
        grant = _grant(by, account)
        assert grant is not None
        made.append(
            Publication.objects.create(
                account=account, text=text, file=file, alt_text=alt_text.strip()[:LONGEST_ALT] if file else "",
                author=by.officer, author_post_id=grant.post_id, written_at=now,
            )
        )  # fmt: skip
    if file is not None and file.cleaned_id is None:
        job = deferred.configure_task("rabta.jobs.tasks.clean_picture", allow_unknown=True, queue="media")
        job.defer(file_id=file.pk)
    _record("post_written", made, by=by, now=now)
    return made


def let_go(*, publication: Publication, by: Scope, now: datetime) -> Publication:
    """Publish what another officer wrote. Refused to its author, and while its picture is not ready."""
    held = _waiting(publication, by)
    if held.author_id == by.officer.pk:
        raise Refused(_("You wrote this yourself. Another officer reads it and lets it go."))
    if held.file is not None and held.file.cleaned_id is None:
        raise Refused(_("The picture or film is still being prepared. Try again in a moment."))
    check(accounts=[held.account], text=held.text, file=held.file, alt_text=held.alt_text, by=by)
    _takes_form(held)
    letter = Outgoing(
        account=held.account,
        address_digest=hashlib.sha256(f"posts of {held.account.public_id}".encode()).digest()[:16],
        visible_to=sorted(held.account.unit.path),
        text=held.text,
        file=held.file,
        alt_text=held.alt_text,
        personal=True,
        public=True,
    )
    (held.delivery,) = post([letter], now)
    return _decide(held, Publication.State.LET_GO, "post_let_go", by=by, now=now)


def _takes_form(held: Publication) -> None:
    publishes = BY_KIND[held.account.channel].publishes
    copy = held.file.cleaned if held.file else None
    if copy is None or publishes is None:
        return
    if copy.kind == "image" and copy.mime not in publishes.pictures:
        raise Refused(
            _("%(account)s takes photos (JPEG) only. Save the picture as a photo and write the post anew.")
            % {"account": held.account}
        )
    if copy.kind == "video" and copy.mime not in publishes.films:
        raise Refused(_("%(account)s takes no films of this form.") % {"account": held.account})


def refuse(*, publication: Publication, remark: str, by: Scope, now: datetime) -> Publication:
    """Say that it is not published, and why. Its author may take it back so."""
    held = _waiting(publication, by)
    held.remark = remark.strip()[:300]
    if not held.remark and held.author_id != by.officer.pk:
        raise Refused(_("Say why, for its author."))
    return _decide(held, Publication.State.REFUSED, "post_refused", by=by, now=now)


def newest(by: Scope) -> QuerySet[Publication]:
    """The posts of the accounts by which this officer may publish, the newest first."""
    rows = Publication.objects.filter(account__in=accounts_of(by))
    return rows.select_related(
        "account__unit", "author", "author_post", "decided_by", "delivery", "file"
    ).order_by("-pk")


def _waiting(publication: Publication, by: Scope) -> Publication:
    """The post, locked; refused when somebody has decided already or may not decide."""
    rows = Publication.objects.select_for_update(of=("self",)).select_related("account__unit", "file")
    held = rows.get(pk=publication.pk)
    if not _grant(by, held.account):
        raise Refused(_("None of your postings allows this here. Ask the desk that handles the case."))
    if held.state != Publication.State.WAITS:
        raise Refused(_("Somebody has decided on this post already."))
    return held


def _decide(held: Publication, state: str, act: str, *, by: Scope, now: datetime) -> Publication:
    held.state, held.decided_by, held.decided_at = state, by.officer, now
    held.save(update_fields=["state", "decided_by", "decided_at", "remark", "delivery"])
    _record(act, [held], by=by, now=now)
    return held


def _record(act: str, made: Sequence[Publication], *, by: Scope, now: datetime) -> None:
    audit.record(act, now=now, officer_id=by.officer.pk, subject="publication", ids=[one.pk for one in made])
