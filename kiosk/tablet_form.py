"""The form of a tablet's settings: what stands in its fields, and what that means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kiosk import kiosks
from kiosk.models import Kiosk


@dataclass(frozen=True, kw_only=True)
class TabletDraft:
    """What stands in the fields, as typed."""

    code: str = ""
    name: str = ""
    store_id: str = ""
    language: str = "en"
    idle_seconds: str = "45"


def typed(form: Mapping[str, Any]) -> TabletDraft:
    """What a browser sent, whatever it holds."""
    sent = {name: form.get(name) for name in TabletDraft.__dataclass_fields__}
    texts = {name: value.replace("\0", "")[:200] for name, value in sent.items() if isinstance(value, str)}
    return TabletDraft(**texts)


def kept(kiosk: Kiosk) -> TabletDraft:
    """The fields of what is stored."""
    return TabletDraft(
        name=kiosk.name, store_id=kiosk.store_id, language=kiosk.language, idle_seconds=str(kiosk.idle_seconds)
    )


def read(draft: TabletDraft) -> kiosks.Setting:
    """What the fields mean; a number that is none is one that no tablet may have."""
    seconds = draft.idle_seconds.strip()
    return kiosks.Setting(
        name=draft.name, store_id=draft.store_id, language=draft.language,
        idle_seconds=int(seconds) if re.fullmatch(r"\d{1,6}", seconds, re.ASCII) else 0,
    )  # fmt: skip


def at(draft: TabletDraft, store_id: str) -> TabletDraft:
    """The same at a store that was chosen before."""
    return draft if draft.store_id else replace(draft, store_id=store_id)
