"""What the replica's network holds: people, posts with their revisions, and what has become of them."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from social.sources.x_ids import id_at

MOST_POSTS = 20_000
"""Posts remembered; a scenario in a loop plays for weeks."""


@dataclass
class Person:
    """An account."""

    id: str
    handle: str
    name: str
    created: str
    followers: int
    verified: bool
    protected: bool = False
    suspended: bool = False


@dataclass(frozen=True)
class Picture:
    """A photo of a post; the replica serves it at /media/<name>."""

    key: str
    name: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class Revision:
    """One revision of a post, as it was written."""

    id: str
    author: Person
    text: str
    created_at: datetime
    lang: str = "und"
    pictures: tuple[Picture, ...] = ()
    sensitive: bool = False
    nullcast: bool = False
    references: tuple[tuple[str, str], ...] = ()
    """(kind, id of the other post): 'replied_to', 'retweeted', 'quoted'."""
    thread: "Thread" = field(default_factory=lambda: Thread())


@dataclass
class Thread:
    """What all revisions of a post share."""

    history: list[str] = field(default_factory=list)
    deleted: bool = False
    withheld: tuple[str, ...] = ()


class World:
    """The network's memory. `now` is its clock; ids carry the time, as X's do, and never repeat."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._serial = itertools.count()
        self._last_id = 0
        self.people: dict[str, Person] = {}
        self.revisions: dict[str, Revision] = {}
        self.keys: dict[str, str] = {}
        """A scenario's keys to the newest revision's id."""

    def introduce(self, handle: str, name: str, **about: Any) -> Person:
        """A person, new or described anew; who they are stays."""
        known = self.people.get(handle)
        self.people[handle] = person = Person(
            id=known.id if known else str(10_000_000 + next(self._serial)),
            handle=handle,
            name=name,
            created=str(about.get("created", "2017-05-04")),
            followers=int(about.get("followers", 240)),
            verified=bool(about.get("verified", False)),
        )
        return person

    def post(self, what: dict) -> Revision:
        """Write a post as a scenario describes it."""
        author = self.people.get(what["author"]) or self.introduce(what["author"], what["author"])
        thread = Thread(withheld=tuple(what.get("withheld", ())))
        revision = Revision(
            id=self._new_id(),
            author=author,
            text=what["text"],
            created_at=self._now(),
            lang=str(what.get("lang", "und")),
            pictures=tuple(self._picture(photo) for photo in what.get("photos", ())),
            sensitive=bool(what.get("sensitive", False)),
            nullcast=bool(what.get("nullcast", False)),
            references=tuple(self._references(what)),
            thread=thread,
        )
        return self._keep(revision, str(what.get("key", "")))

    def edit(self, key: str, text: str) -> Revision | None:
        """A new revision of the post with that key; None if it is gone."""
        old = self.revisions.get(self.keys.get(key, ""))
        if old is None or old.thread.deleted:
            return None
        return self._keep(replace(old, id=self._new_id(), text=text, created_at=self._now()), key)

    def delete(self, key: str) -> None:
        """The post goes, all its revisions."""
        if revision := self.revisions.get(self.keys.get(key, "")):
            revision.thread.deleted = True

    def withhold(self, key: str, countries: list[str]) -> None:
        """The post must not be shown in these countries."""
        if revision := self.revisions.get(self.keys.get(key, "")):
            revision.thread.withheld = tuple(countries)

    def newest_first(self) -> Iterator[Revision]:
        """The revisions that a search may find: the newest of each post that is there for all to read."""
        for revision in reversed(list(self.revisions.values())):
            author, thread = revision.author, revision.thread
            if not (thread.deleted or author.protected or author.suspended) and thread.history[-1] == revision.id:
                yield revision

    def _keep(self, revision: Revision, key: str) -> Revision:
        revision.thread.history.append(revision.id)
        self.revisions[revision.id] = revision
        if key:
            self.keys[key] = revision.id
        while len(self.revisions) > MOST_POSTS:
            self.revisions.pop(next(iter(self.revisions)))
        return revision

    def _new_id(self) -> str:
        self._last_id = max(self._last_id + 1, int(id_at(self._now())))
        return str(self._last_id)

    def _picture(self, photo: dict) -> Picture:
        key = f"3_{self._new_id()}"
        return Picture(
            key,
            str(photo["name"]),
            str(photo.get("alt", "")),
            int(photo.get("width", 1200)),
            int(photo.get("height", 900)),
        )

    def _references(self, what: dict) -> Iterator[tuple[str, str]]:
        kinds = {"reply": "replied_to", "repost": "retweeted", "quote": "quoted"}
        return ((kind, self._new_id()) for word, kind in kinds.items() if what.get(word))
