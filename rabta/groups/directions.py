"""Instructions: the groups that one goes to, who receives it for each, and the hash by which its words are known."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils import translation

from rabta.force.access import PERMISSIONS, Permission
from rabta.force.directory import Directory
from rabta.force.models import Post
from rabta.groups import relays
from rabta.groups.models import Direction, Group, Hop
from rabta.groups.words import page_language
from rabta.rules import relaying as rule

# Journalists and citizens who asked for news get no instructions.
INSTRUCTED = (
    Group.Kind.VOLUNTEERS,
    Group.Kind.CIRCLE,
    Group.Kind.DISTRICT,
    Group.Kind.RANGE,
    Group.Kind.HEADQUARTERS,
    Group.Kind.POLICE,
)


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """The post that receives for a group today; `why` says who stands in for whom, empty for the administrator."""

    post: Post
    why: str


def hash_of(*, title: str, titles: Mapping[str, str], words: Mapping[str, str]) -> str:
    """SHA-256 over titles and words in a fixed form, in hex. Without titles in other languages the form is the one of
    instructions that were given before there were any."""
    said = [title, dict(words), *([dict(titles)] if titles else [])]
    written = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def is_unchanged(direction: Direction) -> bool:
    """Whether titles and words are those that were given."""
    now = hash_of(title=direction.title, titles=direction.titles, words=direction.words)
    return now == direction.sha256


def below(group: Group) -> list[Group]:
    """The open groups below that instructions go to, the higher ones first."""
    rows = Group.objects.filter(path__contains=[group.pk], closed_at=None, kind__in=INSTRUCTED)
    found = rows.exclude(pk=group.pk).select_related("unit").defer("unit__area")
    return sorted(found, key=lambda one: (len(one.path), one.pk))


def asked(group: Group, *, of: int, directory: Directory) -> list[Group]:
    """The groups whose posts receive an instruction to this one, the higher ones first: it and all below. It is left
    out where the officer who gives the instruction runs it himself."""
    found = addressee(group, directory=directory)
    own = (
        found is not None and not found.why and of in {h.officer_id for h in directory.holders(found.post.pk)}
    )
    return [*([] if own else [group]), *below(group)]


def addressee(group: Group, *, directory: Directory) -> Addressee | None:
    """Who receives for a group: its administrator, else the linked post, else the head of its unit or of one above.

    As orders do it. Only a post that may run groups is asked. None when nobody serves at all.
    """
    for post, why in _candidates(group, directory):
        if directory.holders(post.pk) and Permission.GROUPS in PERMISSIONS[post.role]:
            return Addressee(post=post, why=why)
    return None


def _candidates(group: Group, directory: Directory) -> Iterator[tuple[Post, str]]:
    own = directory.posts.get(group.administrator_id or 0)
    if own:
        yield own, ""
        if own.linked_post_id:
            yield directory.posts[own.linked_post_id], "vacant_linked"
    head = directory.head(group.unit_id)
    if head and head != own:
        yield head, "vacant_parent" if own else ""
    for above in reversed(directory.path(group.unit_id)[:-1]):
        if head := directory.head(above):
            yield head, "vacant_parent"


def additions(hop: Hop, *, above: Iterable[Hop]) -> list[Hop]:
    """The hops down to this one that added words, the highest first. `above` are those on its path."""
    return [one for one in (*above, hop) if one.addition]


def wordings(
    direction: Direction, adding: Sequence[Hop], *, most: int, only_added: bool = False
) -> list[dict[str, str]]:
    """What a group reads, letter by letter, in each language: the instruction unchanged, then what each level added
    in its name. `only_added` for those who have the instruction already."""
    texts = relays.in_all(direction.words)
    parts = {
        language: [
            *([] if only_added else [_headed(direction, text, language=language)]),
            *_added(adding, language=language),
        ]
        for language, text in texts.items()
    }
    longest = [max(map(len, side_by_side)) for side_by_side in zip(*parts.values(), strict=True)]
    return [
        {language: "\n\n".join(said[number] for number in numbers) for language, said in parts.items()}
        for numbers in rule.letters(longest, most=most)
    ]


def _headed(direction: Direction, text: str, *, language: str) -> str:
    head = relays.framed(direction.kind, language=language, title=direction.title_in(language))
    return f"{head}\n{text}"


def _added(adding: Sequence[Hop], *, language: str) -> list[str]:
    with translation.override(page_language(language)):
        return [
            relays.framed("adds", language=language, unit=str(hop.unit), words=hop.addition) for hop in adding
        ]
