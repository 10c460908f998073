"""The rules that X streams by for us: kept as wanted, and known by the ids that posts come with."""

import asyncio
from collections.abc import Iterable, Mapping

from tweepy import StreamRule

from social.sources import x_rules
from social.sources.x_client import Rest
from social.sources.x_rules import Change, RulesRefused
from social.sources.x_text import objects


class RuleBook:
    """Our rules at X, those whose tag begins with `prefix`."""

    def __init__(self, rest: Rest, *, prefix: str) -> None:
        self._rest, self._prefix = rest, prefix
        self._tags_by_id: dict[str, tuple[str, ...]] = {}
        self._lock = asyncio.Lock()

    async def sync(self, wanted: Mapping[str, str]) -> Change:
        """See XSource.sync_rules."""
        wanted = x_rules.checked(wanted)
        async with self._lock:
            have = await self._get()
            steps = x_rules.plan(have, wanted, prefix=self._prefix)
            await self._delete(steps.clear)
            await self._add(steps.add)
            await self._delete(steps.drop)
            changed = steps.clear or steps.add or steps.drop
            self._know(await self._get() if changed else have, wanted)
        return Change(len(steps.add), len(steps.clear) + len(steps.drop), steps.foreign)

    def own(self, matched: object) -> tuple[str, ...] | None:
        """Our tags, without prefix, of a payload's `matching_rules`; None if only rules of other people matched."""
        rules = objects(matched)
        ours = [tag for rule in rules for tag in self._tags_by_id.get(str(rule.get("id")), ())]
        tags = [rule["tag"] for rule in rules if isinstance(rule.get("tag"), str)]
        ours += [tag.removeprefix(self._prefix) for tag in tags if tag.startswith(self._prefix)]
        # X promises a rule's id, not its tag: before the first sync, a rule without one may well be ours.
        doubtful = not rules or (not self._tags_by_id and not tags)
        return tuple(dict.fromkeys(ours)) if ours or doubtful else None

    async def _get(self) -> list[dict]:
        answer = await self._rest.rules(lambda x: x.get_rules())
        rules = answer.get("data")
        rules = [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
        return [{key: str(rule.get(key, "")) for key in ("id", "value", "tag")} for rule in rules]

    async def _add(self, rules: Iterable[tuple[str, str]]) -> None:
        new = [StreamRule(value, tag=tag) for tag, value in rules]
        if not new:
            return
        answer = await self._rest.rules(lambda x: x.add_rules(new))
        # A duplicate is another app's rule with our text, put there this second: it streams all the same.
        refused = [error for error in objects(answer.get("errors")) if error.get("title") != "DuplicateRule"]
        if refused:
            words = "; ".join(f"‘{e.get('value', '')}’: {e.get('details') or e.get('title')}" for e in refused[:3])
            raise RulesRefused(f"X does not accept {len(refused)} of the rules, so the old ones stay in force. {words}")

    async def _delete(self, ids: tuple[str, ...]) -> None:
        if ids:
            await self._rest.rules(lambda x: x.delete_rules(list(ids)))

    def _know(self, have: list[dict], wanted: dict[str, str]) -> None:
        """One rule may serve several wanted tags with the same text, and a foreign rule may serve ours."""
        by_value: dict[str, list[str]] = {}
        for tag, value in sorted(wanted.items()):
            by_value.setdefault(value, []).append(tag)
        self._tags_by_id = {rule["id"]: tuple(by_value[rule["value"]]) for rule in have if rule["value"] in by_value}
