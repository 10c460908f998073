"""Blazer, trench coat, shirt, jumper, trousers and jeans."""

# ruff: noqa: E501 (outlines and runs of tones read better unbroken)
from __future__ import annotations

from PIL import ImageChops

from catalog.demo.pictures.cloth import (
    Folds,
    button,
    clip_jaws,
    clips,
    fan,
    hanger,
    knit,
    panel,
    seam,
    stitches,
    twill,
)  # fmt: skip
from catalog.demo.pictures.outline import Point, ellipse, flipped, line, mirrored, path, ribbon, rounded
from catalog.demo.pictures.studio import GOLD, Studio

Outline = tuple[Point, ...]


def blazer(s: Studio, _: str) -> None:
    """A single-breasted blazer with long lapels, hung open at the neck."""
    hanger(s, 126, 190, 52)
    _inside(s, "M 500 150 C 452 142 424 150 402 168 L 430 420 L 500 520", "own:-0.12:0.8:0")
    weave = twill(s, 6, 6)
    sleeve = path("M 330 196 C 282 204 246 236 230 300 C 208 420 190 600 176 770 C 174 786 176 796 190 800 L 282 812 "
                  "C 296 812 300 800 302 788 L 340 420 Z")  # fmt: skip
    bends = (Folds([line("258 330 240 500 226 740"), line("300 360 292 520 270 780")], (3, 20, 6), 12, 0.9),
             Folds([line("238 470 270 500 306 490"), line("230 520 262 540 300 526")], (2, 14, 2), 9, 0.4))  # fmt: skip
    _pair(s, sleeve, bends, texture=weave, wide=40)
    for side in (-1, 1):
        for i in range(3):
            button(s, 500 + side * 224, 716 + i * 24, 8)
    body = path("M 402 162 C 370 176 340 188 322 204 C 330 300 322 380 316 470 C 304 640 296 780 288 902 C 350 926 440 936 500 930 "
                "L 512 560 L 430 300 Z")  # fmt: skip
    hang = (Folds([line("360 240 372 420 352 640"), line("420 560 400 720 392 900")], (3, 30, 8), 18, 0.9),
            Folds([line("340 520 400 548 480 560"), line("340 560 400 590 470 590")], (2, 18, 2), 9, 0.7))  # fmt: skip
    right = panel(s, flipped(body), _flip(hang), texture=weave, wide=34, puff=26)
    left = panel(s, body, hang, texture=weave, wide=34, puff=26, lift=6)
    for mask, side in ((right, 1), (left, -1)):
        seam(s, line(f"{500 + side * 150} 300 {500 + side * 134} 520 {500 + side * 142} 720"), mask, 0.22)
        _flap(s, 500 + side * 136, 716, 124, mask, weave)
    welt = s.mask(((572, 372), (668, 356), (670, 378), (574, 394)))
    s.shade(s.blur(s.moved(welt, 2, 4), 3), 0.4)
    s.coat(welt, 150)
    s.rim(welt, 1, 2, 0.8, 0.3)
    lapel = path(
        "M 412 160 C 398 176 384 200 378 226 L 330 300 L 376 312 L 366 348 C 410 430 460 510 506 566 C 486 440 452 280 424 172 Z"
    )
    for outline in (flipped(lapel), lapel):
        mask = panel(s, outline, (), texture=weave, puff=12, lift=6)
        s.rim(mask, -1.5, -1.5, 0.8, 0.16)
    collar = path(
        "M 500 158 C 452 152 430 152 412 160 C 396 180 384 206 378 228 L 420 268 C 432 230 440 200 446 186 C 466 178 484 176 500 176 Z"
    )
    for outline in (flipped(collar), collar):
        panel(s, outline, (), texture=weave, puff=10, lift=3)
    button(s, 500, 590, 15)


def trench(s: Studio, _: str) -> None:
    """A double-breasted, belted trench coat."""
    hanger(s, 116, 180, 50)
    weave = twill(s, 7, 7)
    _inside(s, "M 500 140 C 452 132 430 140 410 156 L 430 300 L 500 360", "own:-0.1:0.9:0")
    sleeve = path(
        "M 336 182 C 286 190 252 224 238 286 C 216 400 200 540 190 690 C 190 704 196 710 206 712 L 296 722 C 306 722 308 712 310 702 L 346 400 Z"
    )
    bends = (Folds([line("264 320 246 480 236 660"), line("306 340 296 480 282 690")], (3, 20, 6), 11, 0.9),
             Folds([line("244 440 276 470 312 456"), line("238 500 270 520 306 506")], (2, 16, 2), 10, 0.4))  # fmt: skip
    _pair(s, sleeve, bends, texture=weave, wide=40)
    for outline in (
        path("M 190 628 L 312 640 L 308 672 L 188 660 Z"),
        flipped(path("M 190 628 L 312 640 L 308 672 L 188 660 Z")),
    ):
        panel(s, outline, (), texture=weave, puff=6, lift=3)
    body = path("M 410 150 C 376 164 346 176 328 192 C 336 290 334 380 340 470 C 330 520 290 720 262 926 C 340 952 450 962 560 954 "
                "L 566 500 L 470 280 Z")  # fmt: skip
    hang = (Folds(fan(4, (360, 540, 540), (290, 540, 950), seed=5, sway=8), (4, 26, 36), 14, 1.0),
            Folds([line("360 220 372 340 360 450"), line("420 330 410 400 430 466")], (3, 24, 4), 12, 0.8))  # fmt: skip
    right = panel(s, flipped(body), _flip(hang), texture=weave, wide=34, puff=26)
    left = panel(s, body, hang, texture=weave, wide=34, puff=26, lift=6)
    stitches(s, line("556 350 556 650 550 944"), "own:0.1:0.8:0", width=2)
    for side, mask in ((-1, left), (1, right)):
        pocket = ribbon(((500 + side * 152, 600), (500 + side * 172, 716)), (30, 30))
        panel(s, ImageChops.multiply(s.mask(pocket), mask), (), texture=weave, puff=6, lift=3)
    flap = path("M 400 156 C 370 170 346 182 330 196 C 334 260 340 300 346 330 C 400 352 450 352 486 330 Z")
    panel(s, flap, (), texture=weave, puff=12, lift=5)
    panel(s, flipped(flap), (), texture=weave, puff=12, lift=5)
    for y in (392, 452, 610, 700):
        for x in (440, 546):
            button(s, x, y, 13, "own:-0.3:0.8:0")
    lapel = path(
        "M 420 150 C 396 180 380 210 362 250 L 350 292 L 412 300 L 420 340 C 450 380 500 420 548 440 C 530 340 480 240 446 166 Z"
    )
    for outline in (flipped(lapel), lapel):
        mask = panel(s, outline, (), texture=weave, puff=12, lift=6)
        s.rim(mask, -1.5, -1.5, 0.8, 0.16)
    collar = path(
        "M 500 140 C 456 132 432 138 414 148 C 392 176 372 214 356 256 L 430 266 C 440 226 450 196 462 178 C 476 170 490 168 500 168 Z"
    )
    for outline in (flipped(collar), collar):
        panel(s, outline, (), texture=weave, puff=10, lift=4)
    _belt(s, weave)


def _belt(s: Studio, weave) -> None:
    strap = path("M 336 478 Q 500 516 664 478 L 666 534 Q 500 572 334 534 Z")
    mask = panel(s, strap, (), texture=weave, puff=8, lift=6)
    for d in (8, 46):
        stitches(
            s,
            line(f"340 {480 + d} 420 {494 + d} 500 {499 + d} 580 {494 + d} 660 {480 + d}"),
            "own:0.1:0.8:0",
            width=2,
            length=7,
        )
    panel(
        s,
        ribbon(line("470 540 440 620 446 700 430 770"), (50, 48, 50, 46)),
        (Folds([line("470 560 442 640 446 740")], (3, 14, 3), 6, 0.8),),
        texture=weave,
        puff=8,
        lift=6,
    )
    frame = s.mask(rounded(452, 486, 540, 580, 14), holes=[rounded(470, 504, 522, 562, 6)])
    s.shade(s.blur(s.moved(frame, 3, 5), 3), 0.45)
    s.coat(frame, s.gradient(((0, 226), (0.4, 130), (1, 60)), (452, 486), (540, 580)), "own:-0.32:0.7:0", "gloss")
    s.rim(frame, 2, 2, 1, 0.5)
    del mask


def shirt(s: Studio, _: str) -> None:
    """A silk shirt buttoned to the second button, sleeves falling."""
    hanger(s, 130, 176, 46)
    _inside(s, "M 500 150 C 456 146 434 154 420 168 L 440 250 L 500 290", "own:-0.12:0.9:0")
    sleeve = path(
        "M 330 202 C 284 210 246 246 226 310 C 200 430 180 590 164 740 C 162 752 166 760 178 764 L 264 782 C 276 784 282 778 284 768 L 346 430 Z"
    )
    bends = (Folds([line("256 330 226 500 206 720"), line("296 350 280 520 250 760"), line("270 420 240 600 236 740")], (3, 18, 10), 9, 1.0),
             Folds([line("228 470 262 500 310 484"), line("214 560 250 580 296 566")], (2, 16, 2), 10, 0.4))  # fmt: skip
    _pair(s, sleeve, bends, surface="satin", wide=30, gain=0.8)
    cuff = path("M 166 716 L 286 738 L 280 788 C 240 790 196 780 160 764 Z")
    for outline in (cuff, flipped(cuff)):
        panel(s, outline, (), surface="satin", puff=8, lift=4)
    body = mirrored(
        "M 500 290 L 424 170 C 384 180 348 192 322 208 C 336 320 330 420 322 520 C 314 640 304 740 300 830 C 330 880 400 926 500 930"
    )
    hang = (Folds(fan(6, (350, 650, 380), (310, 690, 920), seed=17, sway=12, start=0.5), (2, 22, 30), 14, 1.1),
            Folds([line("340 230 390 320 470 370"), line("660 230 612 330 540 390"), line("330 340 380 440 430 560"), line("668 350 630 440 580 580")], (2, 22, 2), 11, 0.8))  # fmt: skip
    mask = panel(s, body, hang, surface="satin", puff=26, wide=34, gain=0.75, lift=6)
    placket = ((478, 262), (524, 262), (522, 930), (480, 930))
    strip = ImageChops.multiply(s.mask(placket), mask)
    panel(s, strip, (Folds([line("500 300 497 600 501 920")], (10, 16, 10), 8, 0.4),), surface="satin", puff=5, lift=3)
    for y in range(350, 900, 108):
        button(s, 501, y, 10, "own:0.08:0.5:0")
    pocket = s.mask(path("M 566 392 L 656 388 L 654 488 L 612 510 L 568 492 Z"))
    panel(s, pocket, (), surface="satin", puff=6, lift=2.5)
    collar = path(
        "M 500 156 C 460 146 436 150 422 160 C 406 196 396 236 392 280 L 462 300 C 478 280 490 262 500 250 C 486 232 470 206 460 184 C 474 176 488 174 500 176 Z"
    )
    for outline in (flipped(collar), collar):
        panel(s, outline, (), surface="satin", puff=9, lift=6)


def jumper(s: Studio, _: str) -> None:
    """A cabled crew-neck jumper laid flat, arms crossed at its sides."""
    stitch = knit(s)
    s.coat(s.mask(ellipse(500, 150, 108, 44)), 40)
    sleeve = path(
        "M 318 150 C 236 176 176 250 140 380 C 108 520 74 680 52 806 C 50 824 56 832 70 836 L 178 858 C 194 860 200 852 204 838 C 240 700 290 560 340 440 Z"
    )
    bends = (Folds([line("200 300 150 500 110 800"), line("266 330 220 500 170 760")], (4, 34, 8), 18, 0.8),
             Folds([line("150 420 210 470 290 440"), line("124 520 180 560 250 530")], (2, 20, 2), 10, 0.7))  # fmt: skip
    _pair(s, sleeve, bends, texture=stitch, wide=50, puff=34)
    body = mirrored(
        "M 500 196 C 440 196 408 170 396 128 C 360 136 330 146 306 160 C 310 300 300 420 286 540 C 278 660 272 760 270 880 C 340 900 430 906 500 906"
    )
    hang = (Folds(fan(4, (340, 660, 420), (310, 690, 860), seed=9, sway=14, start=0.5), (4, 34, 20), 20, 0.7),
            Folds([line("310 300 360 420 380 560"), line("690 300 640 420 620 560")], (2, 26, 3), 14, 0.8))  # fmt: skip
    mask = panel(s, body, hang, texture=stitch, puff=34, wide=44, lift=7)
    for x in (392, 500, 608):
        _cable(s, x, 214 if x == 500 else 170, 830, mask)
    _rib(
        s,
        path(
            "M 268 836 C 340 856 430 862 500 862 C 570 862 660 856 732 836 L 728 900 C 660 920 570 926 500 926 C 430 926 340 920 272 900 Z"
        ),
        13,
    )
    cuff = path("M 56 778 L 212 806 L 196 872 C 150 870 90 858 44 840 Z")
    _rib(s, cuff, 13)
    _rib(s, flipped(cuff), 13)
    neck = ribbon(line("392 122 404 168 440 200 500 210 560 200 596 168 608 122"), (34, 36, 38, 36, 34))
    _rib(s, neck, 13)
    back = ribbon(line("396 124 440 112 500 108 560 112 604 124"), (22, 26, 26, 26, 22))
    s.coat(s.mask(back), 96)


def _cable(s: Studio, x: float, top: float, foot: float, within) -> None:
    """Two strands plaited down the front."""
    width = 26
    groove = s.mask(((x - 36, top), (x + 36, top), (x + 36, foot), (x - 36, foot)))
    s.shade(ImageChops.multiply(s.blur(groove, 4), within), 0.28)
    y, turn = top, 0
    while y < foot:
        end = min(foot, y + 62)
        for side in (1, -1):
            a, b = x - side * 17, x + side * 17
            strand = ribbon(
                line(f"{a} {y - 4} {a + (b - a) * 0.2} {y + 16} {b - (b - a) * 0.2} {end - 16} {b} {end + 4}"),
                (width, width * 0.9, width),
            )
            mask = ImageChops.multiply(s.mask(strand), within)
            s.shade(ImageChops.multiply(s.blur(s.moved(mask, 2, 3), 3), within), 0.4)
            s.coat(mask, s.gradient(((0, 186), (0.5, 140), (1, 78)), (x - 30, y), (x + 34, y + 20)))
            rows = [
                ((a + (b - a) * t - 10, y + (end - y) * t + 3), (a + (b - a) * t + 10, y + (end - y) * t - 6))
                for t in (0.12, 0.3, 0.5, 0.7, 0.88)
            ]
            s.shade(ImageChops.multiply(s.strokes(rows, 2), mask), 0.22)
        y, turn = end, turn + 1


def _rib(s: Studio, outline: Outline, pitch: float) -> None:
    mask = s.mask(outline)
    s.shade(s.blur(s.moved(mask, 3, 4), 4), 0.35)
    s.coat(mask, s.gradient(((0, 176), (0.5, 136), (1, 96)), (60, 200), (900, 900)))
    bars = s.strokes([((x, 60), (x, 960)) for x in range(20, 990, int(pitch))], 4.5)
    s.shade(ImageChops.multiply(s.blur(bars, 1.6), mask), 0.42)
    s.light(ImageChops.multiply(s.blur(s.moved(bars, -4, 0), 1.4), mask), 0.16)
    s.core(mask, -3, -5, 4, 0.3)
    s.rim(mask, 2, 2, 1, 0.3)


def trousers(s: Studio, _: str) -> None:
    """Wide trousers with pressed creases on a clip hanger."""
    clips(s, 110, 176)
    _legs(s, "M 500 146 C 430 148 380 146 336 140 C 322 230 300 330 286 420 C 262 600 240 780 222 944 C 290 962 380 962 462 948 "
             "C 470 780 484 560 500 392", texture=twill(s, 6, 5), crease="400 220 372 400 352 640 340 950")  # fmt: skip
    for side in (-1, 1):
        seam_line = line(f"{500 + side * 128} 186 {500 + side * 156} 250 {500 + side * 190} 300")
        s.shade(s.stroke(seam_line, 2.5), 0.4)
    clip_jaws(s, 110, 176)


def jeans(s: Studio, _: str) -> None:
    """Straight jeans in rigid denim with contrast stitching and copper rivets."""
    denim = twill(s, 5, 12)
    copper = "#b56a3c"
    mask = _legs(s, "M 500 70 C 430 72 380 70 326 62 C 314 150 300 250 296 340 C 290 560 284 760 280 950 C 330 962 400 962 452 954 "
                    "C 464 760 482 540 500 350", texture=denim, waist=(326, 62, 118))  # fmt: skip
    fade = s.blur(s.mask(ellipse(388, 470, 54, 230), ellipse(612, 470, 54, 230)), 46)
    s.light(ImageChops.multiply(fade, mask), 0.22)
    thread = "#d08a45"
    for side in (-1, 1):
        stitches(s, line(f"{500 + side * 92} 122 {500 + side * 112} 176 {500 + side * 190} 206"), thread, width=2.6)
        stitches(s, line(f"{500 + side * 84} 122 {500 + side * 106} 184 {500 + side * 192} 216"), thread, width=2.6)
        stitches(s, line(f"{500 + side * 190} 240 {500 + side * 206} 500 {500 + side * 210} 940"), thread, width=2.2)
        stitches(s, line(f"{500 + side * 214} 932 {500 + side * 130} 940 {500 + side * 50} 934"), thread, width=2.4)
        for x, y in ((500 + side * 98, 130), (500 + side * 184, 206)):
            s.coat(
                s.mask(ellipse(x, y, 7, 7)),
                s.gradient(((0, 220), (1, 70)), (x - 7, y - 7), (x + 7, y + 7)),
                copper,
                "metal",
            )
        loop = rounded(500 + side * 112 - 10, 52, 500 + side * 112 + 10, 128, 4)
        panel(s, loop, (), texture=denim, puff=4, lift=3)
    stitches(s, line("536 120 536 220 524 280 500 322"), thread, width=2.6)
    stitches(s, line("546 120 546 224 534 290 504 332"), thread, width=2.6)
    stitches(s, line("334 80 420 88 500 90 580 88 666 80"), thread, width=2.2)
    stitches(s, line("332 106 420 112 500 114 580 112 668 106"), thread, width=2.2)
    s.coat(
        s.mask(ellipse(500, 98, 17, 17)),
        s.gradient(((0, 240), (0.5, 140), (1, 50)), (485, 82), (515, 114)),
        copper,
        "metal",
    )


def _legs(s: Studio, half: str, *, texture, crease: str = "", waist: tuple[int, int, int] = (336, 140, 196)):
    x, top, foot = waist
    s.coat(s.mask(ellipse(500, top + 6, 500 - x - 4, 14)), 46)
    leg = path(half)
    end = leg[-1]
    outline = (*leg, end, *flipped(tuple(reversed(leg))))
    for cx in (342, 658) if crease else (366, 634):
        s.coat(s.mask(ellipse(cx, 944, 106 if crease else 78, 14)), 40)
    folds = [Folds([line("380 400 430 430 490 380"), line("620 400 570 430 510 380"), line("370 330 430 370 495 350"), line("630 330 570 370 505 350")], (2, 20, 3), 10, 0.8),
             Folds(fan(3, (320, 460, 480), (250, 440, 950), seed=3, start=0.4), (2, 20, 28), 13, 0.9),
             Folds(fan(3, (540, 680, 480), (560, 750, 950), seed=6, start=0.4), (2, 20, 28), 13, 0.9)]  # fmt: skip
    mask = panel(s, outline, folds, texture=texture, puff=28, wide=34, lift=7)
    inner = s.mask(ribbon(line(f"500 {end[1] - 30} 492 {end[1] + 160} 470 950"), (2, 10, 20)))
    s.shade(ImageChops.multiply(s.blur(inner, 8), mask), 0.5)
    seam(s, ((500, top + 40), (500, end[1])), mask, 0.4)
    if crease:
        for points in (line(crease), flipped(line(crease))):
            mark = s.stroke(points, 3)
            s.light(ImageChops.multiply(s.blur(mark, 1.2), mask), 0.4)
            s.shade(ImageChops.multiply(s.blur(s.moved(mark, 7, 0), 5), mask), 0.5)
    band = mirrored(
        f"M 500 {top + 8} C 430 {top + 10} 380 {top + 8} {x} {top} L {x - 8} {foot} C 380 {foot + 10} 430 {foot + 12} 500 {foot + 12}"
    )
    panel(s, ImageChops.multiply(s.mask(band), mask), (), texture=texture, puff=8, wide=50, lift=3)
    return mask


def _inside(s: Studio, half: str, colour: str) -> None:
    """The back of the neck seen through the front, with the house's label."""
    s.coat(s.mask(mirrored(half)), s.gradient(((0, 70), (1, 40)), (0, 140), (0, 480)), colour, "cloth")
    label = rounded(468, 170, 532, 200, 3)
    s.coat(s.mask(label), 140, GOLD, "satin")


def _pair(s: Studio, sleeve: Outline, folds: tuple[Folds, ...], **options: object) -> None:
    panel(s, sleeve, folds, **options)
    panel(s, flipped(sleeve), _flip(folds), **options)


def _flip(folds: tuple[Folds, ...]) -> tuple[Folds, ...]:
    return tuple(Folds([flipped(tuple(p)) for p in f.lines], f.widths, f.soft, f.height) for f in folds)


def _flap(s: Studio, x: float, y: float, width: float, within, weave) -> None:
    outline = path(f"M {x - width / 2} {y} L {x + width / 2} {y} L {x + width / 2} {y + 40} Q {x + width / 2} {y + 50} {x + width / 2 - 12} {y + 50} "
                   f"L {x - width / 2 + 12} {y + 50} Q {x - width / 2} {y + 50} {x - width / 2} {y + 40} Z")  # fmt: skip
    panel(s, ImageChops.multiply(s.mask(outline), within), (), texture=weave, puff=6, lift=4)
