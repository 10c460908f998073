"""The replica's recent search: what X asks of a query, and what it says of a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from social.rehearsal import grammar
from social.rehearsal.grammar import Test
from social.rehearsal.world import Revision
from social.sources.x_ids import id_at

DAYS = 7
LONGEST_QUERY = 512
"""What X takes without a contract."""


@dataclass(frozen=True)
class Asked:
    """A request for a page."""

    test: Test
    size: int
    since: int
    before: int | None
    """The id under which the page begins; none of the posts that come meanwhile moves it."""

    def wants(self, revision: Revision) -> bool:
        """Whether a post lies where the page is."""
        return self.since < int(revision.id) < (self.before or 1 << 64)


def read(query: Mapping[str, str], now: datetime) -> Asked:
    """The request that a query string makes; raises ValueError in X's words."""
    text, size = query.get("query", ""), int(query.get("max_results", "10"))
    if not 0 < len(text) <= LONGEST_QUERY:
        raise ValueError(f"`query` is 1 to {LONGEST_QUERY} characters.")
    if not 10 <= size <= 100:
        raise ValueError("`max_results` is 10 to 100.")
    oldest = now - timedelta(days=DAYS)
    if "since_id" in query and int(query["since_id"]) < int(id_at(oldest)):
        raise ValueError(f"'since_id' must be a tweet id created after [{oldest:%Y-%m-%dT%H:%MZ}].")
    token = query.get("next_token", "")
    if token and not (token.startswith("b") and token[1:].isdigit()):
        raise ValueError("`next_token` is none of ours.")
    return Asked(grammar.read(text), size, int(query.get("since_id", id_at(oldest))), int(token[1:]) if token else None)


def meta(page: list[Revision], *, more: bool) -> dict[str, object]:
    """What X says beside a page."""
    if not page:
        return {"result_count": 0}
    ends = {"newest_id": page[0].id, "oldest_id": page[-1].id, "result_count": len(page)}
    return ends | ({"next_token": f"b{page[-1].id}"} if more else {})
