"""The replica's stream rules: kept, checked by the grammar and matched against posts, as X does."""

import itertools
from datetime import UTC, datetime
from typing import Any

from server.core.clock import iso
from social.rehearsal import grammar
from social.rehearsal.grammar import RuleSyntaxError, Subject, Test

MOST = 1_000


class Rules:
    """Rules by id."""

    def __init__(self) -> None:
        self._ids = itertools.count(1_700_000_000_000_000_001)
        self._tests: dict[str, Test] = {}
        self.rules: dict[str, dict] = {}

    def matching(self, subject: Subject) -> list[dict]:
        """Id and tag of each rule that lets a post in."""
        hits = [self.rules[i] for i, test in self._tests.items() if test(subject)]
        return [{key: rule[key] for key in ("id", "tag") if key in rule} for rule in hits]

    def listed(self) -> dict:
        """X's answer to a request for the rules; without rules it has no `data`."""
        meta = {"sent": iso(datetime.now(UTC)), "result_count": len(self.rules)}
        return {"data": list(self.rules.values()), "meta": meta} if self.rules else {"meta": meta}

    def change(self, body: Any, *, dry: bool) -> tuple[int, dict]:
        """X's status and answer to a request that adds or deletes; one wrong rule adds none."""
        if isinstance(body, dict) and isinstance(body.get("add"), list):
            return self._add(body["add"], dry)
        ids = body.get("delete", {}).get("ids") if isinstance(body, dict) else None
        return self._delete(ids, dry) if isinstance(ids, list) else (400, {"title": "Invalid Request"})

    def _add(self, wanted: list, dry: bool) -> tuple[int, dict]:
        errors = [error for rule in wanted if (error := self._wrong(rule))]
        duplicates = [self._duplicate(rule) for rule in wanted if not self._wrong(rule) and self._twin(rule["value"])]
        new = [] if errors else [rule for rule in wanted if not self._twin(rule["value"])]
        added = [self._keep(rule, dry) for rule in new]
        errors += duplicates
        summary = {"created": len(added), "not_created": len(errors), "valid": len(added), "invalid": len(errors)}
        answer = {"meta": {"sent": iso(datetime.now(UTC)), "summary": summary}}
        return 201, {**answer, **({"data": added} if added else {}), **({"errors": errors} if errors else {})}

    def _delete(self, ids: list, dry: bool) -> tuple[int, dict]:
        known = [str(i) for i in ids if str(i) in self.rules]
        for i in [] if dry else known:
            del self.rules[i], self._tests[i]
        summary = {"deleted": len(known), "not_deleted": len(ids) - len(known)}
        return 200, {"meta": {"sent": iso(datetime.now(UTC)), "summary": summary}}

    def _keep(self, rule: dict, dry: bool) -> dict:
        kept = {"id": str(next(self._ids)), "value": rule["value"]} | ({"tag": rule["tag"]} if "tag" in rule else {})
        if not dry:
            self.rules[kept["id"]] = kept
            self._tests[kept["id"]] = grammar.read(kept["value"])
        return kept

    def _twin(self, value: str) -> str | None:
        return next((i for i, rule in self.rules.items() if rule["value"] == value), None)

    def _duplicate(self, rule: dict) -> dict:
        kind = "https://api.twitter.com/2/problems/duplicate-rules"
        return {"value": rule["value"], "id": self._twin(rule["value"]), "title": "DuplicateRule", "type": kind}

    def _wrong(self, rule: Any) -> dict | None:
        value = str(rule.get("value", "")) if isinstance(rule, dict) else ""
        try:
            grammar.read(value)
        except RuleSyntaxError as error:
            kind = "https://api.twitter.com/2/problems/invalid-rules"
            return {"value": value, "details": [str(error)], "title": "UnprocessableEntity", "type": kind}
        full = {"value": value, "details": ["no room for more rules"], "title": "RulesCapExceeded"}
        return full if len(self.rules) >= MOST else None
