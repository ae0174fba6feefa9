"""Keys of other forces, by whoever runs the machine."""

from django.utils import timezone

from rabta.cases.transfers import ForceKey
from rabta.force.access import system
from rabta.journey.posts import force_keys
from rabta.journey.posts.force_keys import UnknownForce as UnknownForce

REASON = "command line"


def create(*, force: str) -> str:
    """A new key for one other force. Raises UnknownForce."""
    with system(REASON):
        return force_keys.make(force=force, by=None, now=timezone.now())


def end(*, force: str) -> int:
    """End all keys of a force; how many there were."""
    with system(REASON):
        alive = list(ForceKey.objects.filter(force=force, ended_at=None))
        for key in alive:
            force_keys.end(key, by=None, now=timezone.now())
    return len(alive)
