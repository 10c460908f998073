"""What is worked out once for the terms of a feed, before its next post comes."""

from collections.abc import Callable, Collection, Iterable
from typing import Generic, TypeVar

from catalog.matching.values import Terms

MOST = 16
"""Feeds that are served at once."""

Value = TypeVar("Value")


class Prepared(Generic[Value]):
    """Values made of terms: made when they are first asked for, or prepared; of the feeds of late."""

    def __init__(self, make: Callable[[Terms], Value]) -> None:
        self._make = make
        self._ready: dict[Terms, Value] = {}
        self._used: dict[Terms, Value] = {}

    def __call__(self, terms: Terms) -> Value:
        """The value for these terms."""
        found = self._used.get(terms)
        if found is None:
            found = self._used[terms] = self._ready.pop(terms, None) or self._make(terms)
            while len(self._used) > MOST:
                del self._used[next(iter(self._used))]
        return found

    @property
    def used(self) -> Collection[Terms]:
        """The terms that were asked for; before any was, those that are ready."""
        return tuple(self._used or self._ready)

    def prepare(self, some: Iterable[Terms]) -> None:
        """Have the values for these terms ready; those that nobody asks for are not prepared again."""
        for terms in some:
            if terms not in self._used:
                self._ready[terms] = self._make(terms)
