import asyncio
import hashlib
import io
import struct
import threading
import warnings
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin, features

from server.core.colour import distance
from server.core.errors import VitrineError
from server.core.pictures import (
    AT_ONCE,
    PictureRefused,
    backdrop,
    decode,
    digest,
    dominant_colours,
    off_loop,
    prepare,
    renditions,
    trim,
)

BURGUNDY, NUDE = "#7a1f2b", "#d8b79c"
KINDS = ["JPEG", "PNG", "WEBP", "GIF", *(["AVIF"] if features.check("avif") else [])]


def drawn(size=(60, 40), ground="#ffffff", mode="RGB"):
    """A lipstick of a kind: burgundy on its ground."""
    image = Image.new(mode, size, ground)
    w, h = size
    ImageDraw.Draw(image).rectangle((w // 4, h // 4, w * 3 // 4, h * 3 // 4), fill=BURGUNDY)
    return image


def written(image, kind="PNG", **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png(width, height, *chunks):
    """A PNG head that claims a size, without the pixels."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunk(*c) for c in chunks) + chunk(b"IDAT", zlib.compress(b"\0" * 99))


# What is read


def test_an_even_ground_is_known_by_its_edge_and_a_scene_or_a_cut_out_has_none():
    assert backdrop(drawn(ground="#f4efe8")) == "#f4efe8"
    assert distance(prepare(written(drawn((240, 160), "#ffffff"), "JPEG")).backdrop, "#ffffff") < 0.01
    scene = drawn()
    scene.paste("#203040", (0, 0, 10, 40))
    assert backdrop(scene) is None
    assert prepare(written(drawn(mode="RGBA", ground=(0, 0, 0, 0)))).backdrop is None


@pytest.mark.parametrize("kind", KINDS)
def test_the_kinds_that_shops_have_are_read(kind):
    image = decode(written(drawn(), kind))
    assert (image.size, image.mode, image.info) == ((60, 40), "RGB", {})


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_film_the_first_frame_is_kept(kind):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("#ff0000", "#00ff00", "#0000ff")]
    image = decode(written(frames[0], kind, save_all=True, append_images=frames[1:]))
    assert image.size == (8, 8) and not hasattr(image, "n_frames")
    assert image.getpixel((4, 4))[0] > 200


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright_and_forgets_where_it_was_taken(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x8825] = {1: "N", 2: (51.0, 30.0, 0.0)}
    image = decode(written(Image.new("RGB", (40, 20), "red"), "JPEG", exif=exif))
    assert image.size == ((40, 20) if orientation < 5 else (20, 40))
    assert not image.getexif() and image.info == {}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_pixels_is_passed_on(kind):
    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", "SECRET")
    exif = Image.Exif()
    exif[0x010E] = "SECRET"
    options = {"pnginfo": note} if kind == "PNG" else {"comment": b"SECRET"} if kind == "JPEG" else {}
    data = written(
        drawn(),
        kind,
        exif=exif,
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        **options,
    )
    assert b"SECRET" in data
    for rendition in renditions(decode(data)):
        assert b"SECRET" not in rendition.data
        assert b"EXIF" not in rendition.data and b"ICCP" not in rendition.data and b"XMP" not in rendition.data


@pytest.mark.parametrize(
    ("mode", "fill"), [("L", 90), ("1", 1), ("P", 3), ("CMYK", (0, 200, 150, 90)), ("LA", (9, 9)), ("I;16", 40000)]
)
def test_every_kind_of_pixel_becomes_rgb_or_rgba(mode, fill):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = decode(written(Image.new(mode, (9, 9), fill), kind))
    assert image.mode == ("RGBA" if mode == "LA" else "RGB")


def test_sixteen_bits_of_grey_are_not_blown_out():
    assert decode(written(Image.new("I;16", (4, 4), 0x8000))).getpixel((0, 0)) == (128, 128, 128)


def test_what_is_see_through_stays_so_and_what_is_not_loses_the_channel():
    assert decode(written(Image.new("RGBA", (4, 4), (9, 9, 9, 40)))).getpixel((0, 0))[3] == 40
    assert decode(written(Image.new("RGBA", (4, 4), (9, 9, 9, 255)))).mode == "RGB"
    named = Image.new("P", (4, 4), 1)
    named.putpalette([0, 0, 0, 200, 10, 10])
    assert decode(written(named, "GIF", transparency=1)).getpixel((0, 0))[3] == 0


def swapped_profile():
    """An RGB profile whose red and green primaries have changed places."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", data[128:132])[0]
    tags = {bytes(data[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    red, green = (slice(tags[name] + 4, tags[name] + 12) for name in (b"rXYZ", b"gXYZ"))
    data[red], data[green] = data[green], data[red]
    return bytes(data)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_colours_of_a_profile_become_those_of_srgb(mode):
    image = Image.new(mode, (8, 8), (255, 0, 0, 99)[: len(mode)])
    seen = decode(written(image, icc_profile=swapped_profile())).getpixel((4, 4))
    assert seen[0] < 60 and seen[1] > 240
    assert seen[3:] == ((99,) if mode == "RGBA" else ())


@pytest.mark.parametrize("profile", [b"no profile", b"\0" * 5_000_000, swapped_profile()[:300]])
def test_a_profile_that_is_broken_or_huge_is_ignored(profile):
    assert decode(written(drawn(), "WEBP", icc_profile=profile)).size == (60, 40)


def test_a_profile_for_another_kind_of_pixel_is_ignored():
    assert decode(written(Image.new("L", (8, 8), 90), icc_profile=swapped_profile())).getpixel((0, 0)) == (90, 90, 90)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_picture_comes_smaller_when_that_is_enough(kind):
    data = written(drawn((1600, 800)), kind)
    assert decode(data, enough=400).size == (400, 200)
    assert 500 <= decode(data, enough=500).width <= 800
    assert decode(data, enough=1600).size == (1600, 800)
    assert decode(data).size == (1600, 800)


# What is refused


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "nothing"), (b"<!DOCTYPE html><html>", "web page"), (b"\xef\xbb\xbf  <html>", "web page"),
        (b'<?xml version="1.0"?><svg xmlns="x"/>', "SVG"), (b"<svg onload=alert(1)>", "SVG"), (b"<?xml?><rss/>", "XML"),
        (b"%PDF-1.7", "PDF"), (b'{"error": 1}', "JSON"), (b"Not found", "text"), (b"II*\0", "TIFF"), (b"BM....", "BMP"),
        (b"\0\0\0\x18ftypheic", "HEIC"), (b"\0\0\0\x18ftypmp42", "film"), (b"PK\x03\x04", "ZIP"),
        (bytes(40), "unknown"), (b"%!PS-Adobe", "PostScript"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused_by_its_name(data, words):
    with pytest.raises(PictureRefused, match=words) as refused:
        decode(data)
    assert isinstance(refused.value, VitrineError) and "Send JPEG" in str(refused.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_cut_short_is_refused(kind):
    noise = Image.effect_noise((200, 200), 90).convert("RGB")
    data = written(noise, kind)
    with pytest.raises(PictureRefused, match="damaged or cut short"):
        decode(data[: len(data) // 2])


@pytest.mark.parametrize(
    "data",
    [png(100_000, 100_000), png(60_000, 60_000), png(9_000, 9_000), png(1_000_000, 1), written(drawn((90, 90)))[:60]],
)
def test_a_picture_that_claims_too_much_is_refused_before_it_is_unpacked(data):
    with warnings.catch_warnings(), pytest.raises(PictureRefused):
        warnings.simplefilter("error")
        decode(data)


def test_the_number_of_pixels_is_a_setting_and_is_told():
    with pytest.raises(PictureRefused, match="60 by 40 pixels, over the 0.002 million"):
        decode(written(drawn()), max_pixels=2000)


def test_a_gif_bomb_is_refused():
    data = bytearray(written(Image.new("P", (8, 8)), "GIF"))
    data[6:10] = struct.pack("<HH", 60000, 60000)
    with pytest.raises(PictureRefused, match="over the 40 million"):
        decode(bytes(data))


def test_a_text_bomb_in_a_png_is_refused_or_left_packed():
    bomb = b"Comment\0\0" + zlib.compress(bytes(200_000_000))
    with pytest.raises(PictureRefused):
        decode(png(5, 5, (b"zTXt", bomb)))


def test_a_jpeg_of_a_thousand_scans_is_refused():
    data = written(drawn((400, 400)), "JPEG", progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    with pytest.raises(PictureRefused, match="scans"):
        decode(data[:-2] + scan * 1000 + b"\xff\xd9")


SEEDS = [written(drawn((33, 21)), kind) for kind in KINDS] + [
    written(drawn((33, 21)), "JPEG", progressive=True),
    written(drawn((33, 21), (0, 0, 0, 0), "RGBA"), "WEBP", lossless=True),
    written(drawn((33, 21)).quantize(8), "PNG", transparency=1),
]
changes = st.lists(st.tuples(st.floats(0, 0.9999), st.binary(min_size=1, max_size=4)), min_size=1, max_size=8)


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(SEEDS), changes, st.floats(0.1, 1))
def test_damaged_bytes_become_a_picture_or_a_reason(seed, changed, kept):
    data = bytearray(seed)
    for at, new in changed:
        place = int(at * len(data))
        data[place : place + len(new)] = new
    decoded_or_refused(bytes(data[: int(kept * len(data)) + 1]))


@settings(deadline=None)
@given(st.sampled_from([seed[:16] for seed in SEEDS] + [b""]), st.binary(max_size=300))
def test_any_bytes_become_a_picture_or_a_reason(start, rest):
    decoded_or_refused(start + rest)


def decoded_or_refused(data):
    try:
        image = decode(data, max_pixels=1_000_000)
        assert image.mode in ("RGB", "RGBA") and image.width * image.height <= 1_000_000
    except PictureRefused as refused:
        assert len(refused.detail) < 400 and "object at" not in refused.detail


# Renditions


def test_renditions_come_in_each_width_as_webp_under_their_digest():
    made = renditions(drawn((2400, 1600)))
    assert [(r.width, r.height) for r in made] == [(240, 160), (640, 427), (1200, 800)]
    for rendition in made:
        again = Image.open(io.BytesIO(rendition.data))
        assert (again.format, again.size) == ("WEBP", (rendition.width, rendition.height))
        assert rendition.digest == digest(rendition.data) == hashlib.sha256(rendition.data).hexdigest()


@pytest.mark.parametrize(("size", "widths"), [((500, 10), [240, 500]), ((240, 240), [240]), ((3, 9), [3])])
def test_a_picture_is_never_made_larger(size, widths):
    assert [r.width for r in renditions(drawn(size))] == widths


@pytest.mark.parametrize("size", [(16_000, 1), (1, 16_000)])
def test_the_thinnest_picture_has_renditions(size):
    assert all(r.height >= 1 for r in renditions(Image.new("RGB", size)))


def test_renditions_keep_what_is_see_through():
    image = drawn((800, 400), (0, 0, 0, 0), "RGBA")
    again = Image.open(io.BytesIO(renditions(image)[0].data)).convert("RGBA")
    assert again.getpixel((2, 2))[3] == 0 and again.getpixel((120, 60))[3] == 255


def test_the_same_picture_has_the_same_digest():
    assert renditions(drawn((300, 300))) == renditions(drawn((300, 300)))


# Trimming


@pytest.mark.parametrize(("ground", "mode"), [("#ffffff", "RGB"), ("#f3f0ea", "RGB"), ((0, 0, 0, 0), "RGBA")])
def test_an_even_border_is_cut_off_but_for_a_little(ground, mode):
    assert trim(drawn((400, 400), ground, mode)).size == (209, 209)
    assert trim(drawn((400, 400), ground, mode), margin=0).size == (201, 201)


@pytest.mark.parametrize(
    "image", [Image.new("RGB", (30, 30), "red"), Image.new("RGBA", (30, 30)), Image.linear_gradient("L").convert("RGB")]
)
def test_a_picture_without_a_border_or_of_nothing_else_stays_as_it_is(image):
    assert trim(image) is image


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from(["RGB", "RGBA"]), st.data())
def test_trimming_never_leaves_nothing(width, height, mode, data):
    pixels = data.draw(st.binary(min_size=width * height * len(mode), max_size=width * height * len(mode)))
    trimmed = trim(Image.frombytes(mode, (width, height), pixels))
    assert 1 <= trimmed.width <= width and 1 <= trimmed.height <= height


# Colours


def near(found, *wanted):
    assert len(found) >= len(wanted), found
    for (colour, _), want in zip(found, wanted, strict=False):
        assert distance(colour, want) < 0.03, (found, wanted)


@pytest.mark.parametrize(("ground", "mode"), [("#ffffff", "RGB"), ("#f4f2f0", "RGB"), ((0, 0, 0, 0), "RGBA")])
def test_the_ground_of_a_product_picture_does_not_count(ground, mode):
    found = dominant_colours(drawn((400, 300), ground, mode))
    near(found, BURGUNDY)
    assert found[0][1] > 0.85


def test_colours_come_by_their_share():
    image = Image.new("RGB", (100, 100), BURGUNDY)
    image.paste(NUDE, (0, 0, 100, 30))
    found = dominant_colours(image)
    near(found, BURGUNDY, NUDE)
    assert [share for _, share in found] == pytest.approx([0.7, 0.3], abs=0.02)


def test_a_white_label_inside_a_product_counts():
    image = drawn((200, 200))
    ImageDraw.Draw(image).rectangle((80, 80, 120, 120), fill="#ffffff")
    near(dominant_colours(image), BURGUNDY, "#ffffff")


def test_a_white_dress_on_white_is_white():
    near(dominant_colours(Image.new("RGB", (50, 50), "#ffffff")), "#ffffff")


def test_what_is_all_see_through_has_no_colours():
    assert dominant_colours(Image.new("RGBA", (50, 50))) == []


def test_shades_of_one_colour_are_one():
    image = Image.new("RGB", (60, 60), "#7a1f2b")
    image.paste("#7f2430", (0, 0, 60, 20))
    image.paste("#741a26", (0, 40, 60, 60))
    assert len(dominant_colours(image)) == 1


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.sampled_from(["RGB", "RGBA"]), st.integers(1, 5), st.data())
def test_colours_of_any_picture_are_few_and_their_shares_at_most_one(width, height, mode, n, data):
    pixels = data.draw(st.binary(min_size=width * height * len(mode), max_size=width * height * len(mode)))
    found = dominant_colours(Image.frombytes(mode, (width, height), pixels), n)
    assert len(found) <= n and sum(share for _, share in found) <= 1.001
    assert [share for _, share in found] == sorted((share for _, share in found), reverse=True)


# All at once, off the loop


async def test_a_picture_is_prepared_off_the_loop():
    made = await off_loop(prepare, written(drawn((900, 900)), "JPEG"), trimmed=True)
    assert made.width < 500 and [r.width for r in made.renditions] == [240, made.width]
    near(made.colours, BURGUNDY)


async def test_a_refusal_comes_through_from_the_thread():
    with pytest.raises(PictureRefused):
        await off_loop(prepare, b"<html>")


async def test_only_so_many_are_worked_on_at_once():
    going, most, lock, enough = 0, 0, threading.Lock(), threading.Event()

    def work():
        nonlocal going, most
        with lock:
            going += 1
            most = max(most, going)
        enough.wait(5)
        with lock:
            going -= 1

    tasks = [asyncio.create_task(off_loop(work)) for _ in range(AT_ONCE * 4)]
    while going < AT_ONCE:
        await asyncio.sleep(0.001)
    enough.set()
    await asyncio.gather(*tasks)
    assert most == AT_ONCE
