"""The form of a screen's settings: what stands in its fields, and what that means."""

from dataclasses import dataclass, replace
from typing import Any

from catalog.models import Store
from displays import forms, screens
from displays.campaign_form import Typed, labels
from displays.models import Screen


@dataclass(frozen=True, kw_only=True)
class ScreenDraft:
    """What stands in the fields, as typed."""

    code: str = ""
    name: str = ""
    venue: str = ""
    latitude: str = ""
    longitude: str = ""
    at_store: str = ""
    time_zone: str = "Europe/London"
    language: str = "en"
    rotation: str = "0"
    labels: str = ""
    range_minutes: str = "10"
    lease: str = "15"
    """Minutes."""


def typed(form: Typed) -> ScreenDraft:
    """What a browser sent, whatever it holds."""
    sent = {name: form.get(name) for name in ScreenDraft.__dataclass_fields__}
    texts = {name: value.replace("\0", "")[:500] for name, value in sent.items() if isinstance(value, str)}
    return ScreenDraft(**texts)


def kept(screen: Screen) -> ScreenDraft:
    """The fields of what is stored."""
    return ScreenDraft(
        name=screen.name, venue=screen.venue, latitude=_degrees(screen.latitude), longitude=_degrees(screen.longitude),
        time_zone=screen.time_zone, language=screen.language, rotation=str(screen.rotation), labels=", ".join(screen.labels),
        range_minutes=str(screen.range_minutes), lease=f"{screen.lease_seconds / 60:g}",
    )  # fmt: skip


def _degrees(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def at(draft: ScreenDraft, store: Store | None) -> ScreenDraft:
    """Stand it where a store is, unless coordinates were typed; a browser without scripts chooses this way."""
    if store is None or draft.latitude.strip() or draft.longitude.strip():
        return draft
    return replace(
        draft, latitude=_degrees(store.latitude), longitude=_degrees(store.longitude), time_zone=store.time_zone
    )


def read(draft: ScreenDraft) -> tuple[screens.Setting, forms.Errors]:
    """What the fields mean, and what is wrong with them by field."""
    errors = forms.Errors()
    setting = screens.Setting(
        name=draft.name, venue=draft.venue, latitude=forms.decimal(draft.latitude, "place", errors),
        longitude=forms.decimal(draft.longitude, "place", errors), time_zone=draft.time_zone.strip(), language=draft.language,
        rotation=forms.whole(draft.rotation, "rotation", errors), labels=labels(draft.labels),
        range_minutes=forms.whole(draft.range_minutes, "range_minutes", errors, empty=10),
        lease_seconds=round((forms.decimal(draft.lease, "lease", errors, empty=15.0) or 0.0) * 60),
    )  # fmt: skip
    return setting, forms.Errors({**screens.problems(setting), **errors})


def chart_place(
    place: Any, *, kind: str, href: str = "", state: str = "", radius: float = 0.0
) -> dict[str, Any] | None:
    """A screen or store as the map draws it; None where nobody has said where it is."""
    if place.latitude is None or place.longitude is None:
        return None
    return {
        "id": f"{kind}-{place.id}", "kind": kind, "name": place.name, "latitude": place.latitude, "longitude": place.longitude,
        "href": href, "state": state, "radius": round(radius), "zone": place.time_zone.rpartition("/")[2].replace("_", " "),
    }  # fmt: skip
