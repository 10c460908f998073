"""Pages: one Jinja environment over the templates of every package, and the frame that staff pages share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response

from server.core.clock import iso, now
from server.core.settings import ROOT, Settings
from server.core.staff import Staff

FOLDERS = (
    "server/core/templates",
    "server/console/templates",
    "displays/templates",
    "kiosk/templates",
    "social/templates",
    "catalog/templates",
)


@dataclass(frozen=True, order=True)
class Section:
    """An entry of the console's navigation."""

    order: int
    path: str
    label: str
    key: str
    """The letter that, after g, leads there."""
    role: str = "viewer"
    only: Callable[[Settings], bool] | None = field(default=None, compare=False)
    """Where an installation has it at all; None: everywhere."""


SAID = "vitrine_said"
sections: list[Section] = []
extras: dict[str, list[str]] = {}
"""Templates by the place that a page leaves for them."""


def add_section(section: Section) -> None:
    """Register a section of the console; each package adds its own."""
    if section not in sections:
        sections.append(section)
        sections.sort()


def add_extra(place: str, template: str) -> None:
    """Put a template of one package into a page of another that leaves a place for it: the page says which, and with what."""
    if template not in extras.setdefault(place, []):
        extras[place].append(template)


def add_filter(name: str, call: Callable[..., Any]) -> None:
    """Give templates a filter that a package above this one knows."""
    environment().filters[name] = call


@cache
def environment() -> Environment:
    """The templates, with the few filters that pages need. Undefined names are errors, markup is escaped."""
    built = Environment(
        loader=FileSystemLoader([ROOT / folder for folder in FOLDERS]), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    built.filters["ago"] = ago
    built.filters["iso"] = iso
    built.filters["day"] = lambda moment: moment.astimezone(UTC).strftime("%-d %b %Y")
    built.filters["moment"] = lambda moment: moment.astimezone(UTC).strftime("%-d %b %Y, %H:%M UTC")
    built.filters["count"] = lambda number: f"{number:,}"
    built.filters["language"] = _language
    built.globals["extras"] = lambda place: extras.get(place, ())
    built.globals["plural"] = lambda number, one, many: f"{number:,} {one if number == 1 else many}"
    return built


def _language(code: str) -> str:
    """A language by its English name; the code where it has none."""
    return Locale("en").languages.get(code.partition("-")[0].lower(), code)


def ago(moment: datetime | None) -> str:
    """A moment in words, as seen from now: 'just now', '5 min ago', 'in 2 h'."""
    if moment is None:
        return "never"
    seconds = (now() - moment).total_seconds()
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if abs(seconds) >= size:
            amount = f"{abs(seconds) // size:.0f} {unit}"
            return f"in {amount}" if seconds < 0 else f"{amount} ago"
    return "in a moment" if seconds < -5 else "just now"


def render(request: Request, template: str, **context: Any) -> str:
    """The HTML of a template, with the request and the addresses of assets at hand."""
    return (
        environment()
        .get_template(template)
        .render(request=request, static=request.app.state.assets.url, now=now(), **context)
    )


def page(
    request: Request, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **context: Any
) -> Response[str]:
    """A page as an answer. Pages show what is so now, so nothing may keep them."""
    headers = {"Cache-Control": "no-store", **(headers or {})}
    return Response(
        render(request, template, **context), media_type=MediaType.HTML, status_code=status, headers=headers
    )


def console_page(request: Request, template: str, person: Staff, **context: Any) -> Response[str]:
    """A page of the console, framed with the navigation that this person's role reaches."""
    settings = request.app.state.settings
    reach = [one for one in sections if person.may(one.role) and (one.only is None or one.only(settings))]
    said = unquote(request.cookies.get(SAID, ""))[:300]
    answer = page(request, template, person=person, sections=reach, said=said, **context)
    if said:
        answer.delete_cookie(SAID, path="/console")
    return answer


def back(path: str, *, said: str = "") -> Response[None]:
    """Send a browser on after a change; `said` is shown once on the page that it comes to."""
    answer = Response(None, status_code=303, headers={"Location": path})
    if said:
        answer.set_cookie(SAID, quote(said[:300]), path="/console", max_age=60, httponly=True, samesite="lax")
    return answer


def forward(path: str, *, said: str = "") -> Response[None]:
    """The same as `back` for a change that htmx asked for, such as a DELETE: the whole page goes on."""
    answer = back(path, said=said)
    answer.status_code, answer.headers = 200, {"HX-Redirect": path}
    return answer
