"""The drawn pictures of the demonstration house: there for every variant, clean at the edges, always the same."""

import pytest

from catalog.demo.house import products, variants
from catalog.demo.pictures.artwork import CAMPAIGNS, SIZES, campaign_art, logo
from catalog.demo.pictures.draw import draw, maker, range_pictures
from catalog.demo.pictures.people import avatar
from catalog.demo.pictures.pigment import from_hex, ramp
from catalog.demo.pictures.snapshots import ALT, photo

FIRST = {v.product.form: v for v in reversed(variants())}


def test_every_product_has_somebody_who_draws_it():
    assert all(maker(product.form) for product in products())


@pytest.mark.parametrize("form", FIRST)
def test_a_form_is_drawn_whole_with_nothing_at_its_corners(form):
    picture = draw(FIRST[form], 160)
    alpha = picture.getchannel("A")
    assert picture.size == (160, 160) and picture.mode == "RGBA"
    assert [alpha.getpixel(xy) for xy in ((0, 0), (159, 0), (0, 159), (159, 159))] == [0] * 4
    left, top, right, bottom = alpha.point(lambda v: 255 if v > 215 else 0).getbbox()
    assert left >= 3 and top >= 3 and right <= 157 and bottom <= 157, "the thing itself keeps clear of the edge"
    assert max(right - left, bottom - top) >= 132, "and fills the frame"


@pytest.mark.parametrize("form", ["lipstick:satin", "slip_dress", "lacquer:cream", "heel", "jumper"])
def test_the_picture_carries_the_colour_of_its_variant(form):
    v = FIRST[form]
    solid = [p for p in draw(v, 160).resize((80, 80)).get_flattened_data() if p[3] > 250]
    wanted = from_hex(v.shade.hex)[2]
    hues = [from_hex("#{:02x}{:02x}{:02x}".format(*p[:3])) for p in solid]
    near = [h for _, chroma, h in hues if chroma > 0.06 and min(abs(h - wanted), 360 - abs(h - wanted)) < 25]
    assert len(near) > len(solid) * 0.2


def test_the_same_variant_gives_the_same_bytes_and_another_shade_gives_others():
    first, second = (
        v for v in variants() if v.product.form == "compact:blush" and v.shade.name in ("Lido", "Slow Blush")
    )
    assert draw(first, 120).tobytes() == draw(first, 120).tobytes()
    assert draw(first, 120).tobytes() != draw(second, 120).tobytes()


def test_the_range_yields_every_picture_once_under_the_name_that_the_feed_links_to():
    names = [name for name, _ in range_pictures(24)]
    assert len(names) == len(set(names)) and {f"{name}.png" for name in names} == {
        v.image_link.rpartition("/")[2] for v in variants()
    }


def test_the_middle_tone_is_the_colour_itself():
    for surface in ("matte", "gloss", "metal", "glass"):
        assert tuple(table[128] for table in ramp("#6E1026", surface)) == (0x6E, 0x10, 0x26)


@pytest.mark.parametrize("orientation", SIZES)
def test_campaign_artwork_fills_its_screen(orientation):
    picture = campaign_art(CAMPAIGNS[-1], orientation)
    assert picture.size == SIZES[orientation] and picture.mode == "RGB"


def test_the_logo_is_drawn_on_transparency_without_any_font():
    for kind in ("full", "mark", "word"):
        picture = logo(kind, width=300)
        assert picture.width == 300 and picture.getchannel("A").getextrema() == (0, 255)


def test_avatars_are_many_and_steady():
    faces = [avatar(seed, 96).tobytes() for seed in range(12)]
    assert len(set(faces)) == 12 and avatar(3, 96).tobytes() == faces[3]


def test_photographs_have_words_for_those_who_cannot_see_them():
    assert len(ALT) == 6
    assert photo(2).size == (1080, 1080)
