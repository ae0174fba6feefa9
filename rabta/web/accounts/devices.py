"""Signed-in browsers: seen, listed, signed out from afar, and let go when nobody does anything in them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest

from rabta.force.models import Officer
from rabta.web.accounts.policy import Strictness
from rabta.web.models import Device
from rabta.web.visitor import address_of

NOTE_EVERY = timedelta(minutes=1)
AGENT = Device._meta.get_field("agent").max_length


def current(request: HttpRequest, *, now: datetime) -> Device:
    """The device of the request; a new session is written down when it is first used."""
    device, _new = Device.objects.get_or_create(
        session_key=request.session.session_key,
        officer=request.user,
        defaults={
            "address": address_of(request) or None,
            "agent": request.headers.get("User-Agent", "")[:AGENT],
            "began_at": now,
            "seen_at": now,
        },
    )
    return device


def note(request: HttpRequest, device: Device, *, now: datetime) -> None:
    """Somebody did something; written at most once a minute."""
    if now - device.seen_at >= NOTE_EVERY:
        Device.objects.filter(pk=device.pk).update(seen_at=now, address=address_of(request) or None)


def is_over(device: Device, *, strictness: Strictness, now: datetime) -> bool:
    """Whether nobody did anything for too long, or the session has lasted as long as any may."""
    return now - device.seen_at > strictness.idle or now - device.began_at > strictness.longest


def is_open(session_key: str, *, strictness: Strictness, now: datetime) -> bool:
    """Whether the session may still be looked through, by its key alone (for streams)."""
    device = Device.objects.filter(session_key=session_key).first()
    return device is None or not is_over(device, strictness=strictness, now=now)


def of(officer: Officer) -> list[Device]:
    """The devices whose sessions live, the latest first."""
    found = Device.objects.filter(officer=officer).order_by("-seen_at")
    alive = set(
        Session.objects.filter(session_key__in=[d.session_key for d in found]).values_list(
            "session_key", flat=True
        )
    )
    return [device for device in found if device.session_key in alive]


def end(devices: Iterable[Device] | QuerySet[Device]) -> int:
    """Sign these out. With the session its live stream closes: the database tells (jobs, `0002_live`)."""
    keys = [device.session_key for device in devices]
    for key in keys:
        SessionStore(key).delete()
    Device.objects.filter(session_key__in=keys).delete()
    return len(keys)


def end_all(officer: Officer, *, but: str | None = None) -> int:
    """Sign the officer out everywhere, except in the session `but`."""
    return end(Device.objects.filter(officer=officer).exclude(session_key=but or ""))


def rotate(request: HttpRequest) -> None:
    """A new key for the session, as after everything that makes it mightier; the device goes with it."""
    before = request.session.session_key
    request.session.cycle_key()
    moved(request, before=before)


def moved(request: HttpRequest, *, before: str | None) -> None:
    """The session has a new key: its device is still the same."""
    Device.objects.filter(session_key=before).update(session_key=request.session.session_key)
