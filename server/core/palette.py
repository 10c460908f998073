"""Which colours a picture is made of: clusters of its pixels in OKLab, its ground left out."""

from collections.abc import Iterator
from math import dist

from PIL import Image

from server.core.colour import Oklab, from_oklab, to_oklab

SIDE = 96  # pixels; enough to weigh colours by
ALIKE = 0.07  # distance in OKLab under which two clusters are one colour to the eye

Weighed = dict[Oklab, int]


def dominant_colours(image: Image.Image, n: int = 3) -> list[tuple[str, float]]:
    """Up to `n` colours of what is shown, as (#rrggbb, share of it from 0 to 1), the largest share first.

    What is see-through, and a near-white ground that reaches the edge, do not count; where hardly anything else is
    shown (a white dress on white), the ground counts after all. Empty only for a picture that is all see-through.
    """
    small = _small(image)
    opaque = {at for at, alpha in enumerate(small.getchannel("A").tobytes()) if alpha >= 128}
    shown = opaque - _ground(small, opaque)
    weights = _weighed(small, shown if len(shown) > 0.02 * len(opaque) else opaque)
    total = sum(weights.values())
    return [(from_oklab(colour), round(weight / total, 4)) for colour, weight in _clusters(weights, 2 * n + 2)[:n]]


def _small(image: Image.Image) -> Image.Image:
    scale = min(1, SIDE / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.BOX, reducing_gap=2.0).convert("RGBA")


def _ground(small: Image.Image, opaque: set[int]) -> set[int]:
    """The near-white pixels that hang together with the edge: a studio's paper, not a white label in the middle."""
    data, width = small.tobytes(), small.width
    pale = {at for at in opaque if _near_white(data[4 * at : 4 * at + 3])}
    waiting = [at for at in _edge(width, small.height) if at in pale]
    found = set(waiting)
    while waiting:
        at = waiting.pop()
        beside = ([at - 1] if at % width else []) + ([at + 1] if (at + 1) % width else []) + [at - width, at + width]
        fresh = [near for near in beside if near in pale and near not in found]
        found.update(fresh)
        waiting.extend(fresh)
    return found


def _near_white(rgb: bytes) -> bool:
    return min(rgb) >= 232 and max(rgb) - min(rgb) <= 14


def _edge(width: int, height: int) -> Iterator[int]:
    yield from range(width)
    yield from range(width * (height - 1), width * height)
    for row in range(height):
        yield from (row * width, row * width + width - 1)


def _weighed(small: Image.Image, pixels: set[int]) -> Weighed:
    """Colours with how many pixels have them; those that differ by less than 8 levels are one, of their mean."""
    data, bins = small.tobytes(), {}
    for at in pixels:
        r, g, b = data[4 * at : 4 * at + 3]
        sums = bins.setdefault((r >> 3, g >> 3, b >> 3), [0, 0, 0, 0])
        sums[:] = sums[0] + r, sums[1] + g, sums[2] + b, sums[3] + 1
    weights: Weighed = {}
    for *sums, count in bins.values():
        colour = to_oklab("#" + bytes(round(level / count) for level in sums).hex())
        weights[colour] = weights.get(colour, 0) + count
    return weights


def _clusters(weights: Weighed, most: int) -> list[tuple[Oklab, int]]:
    """Weighted k-means from far-apart beginnings, those that look alike merged; the heaviest first."""
    centres = _beginnings(weights, most)
    groups: list[Weighed] = []
    for _ in range(6):
        groups = _grouped(weights, centres)
        centres = [_mean(group) for group in groups]
    merged: list[Weighed] = []
    for group in sorted(groups, key=_weight, reverse=True):
        alike = next((other for other in merged if dist(_mean(other), _mean(group)) < ALIKE), None)
        merged.append(group) if alike is None else alike.update(group)
    return sorted(((_mean(group), _weight(group)) for group in merged), key=lambda one: -one[1])


def _beginnings(weights: Weighed, most: int) -> list[Oklab]:
    """The commonest colour, then again and again the one that is both far from all chosen and common."""
    centres: list[Oklab] = []
    pulls = {colour: weight**0.5 for colour, weight in sorted(weights.items())}
    apart = dict.fromkeys(pulls, 1.0)
    while len(centres) < most and pulls:
        chosen = max(pulls, key=lambda colour: pulls[colour] * apart[colour])
        if apart[chosen] == 0:
            break
        centres.append(chosen)
        apart = {colour: min(gap if len(centres) > 1 else 9, dist(colour, chosen)) for colour, gap in apart.items()}
    return centres


def _grouped(weights: Weighed, centres: list[Oklab]) -> list[Weighed]:
    groups: list[Weighed] = [{} for _ in centres]
    for colour, weight in weights.items():
        nearest = min(range(len(centres)), key=lambda i: dist(colour, centres[i]))
        groups[nearest][colour] = weight
    return [group for group in groups if group]


def _weight(group: Weighed) -> int:
    return sum(group.values())


def _mean(group: Weighed) -> Oklab:
    total = _weight(group)
    return Oklab(*(sum(colour[i] * weight for colour, weight in group.items()) / total for i in range(3)))
