"""The house's colour book: every shade once, for lips and for cloth alike, with its plain colour family."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shade:
    """A colour of the book: its name, sRGB as `#RRGGBB`, the ordinary family a stranger would call it, and a remark in words."""

    name: str
    hex: str
    family: str
    words: str


BOOK = """
First Bus            #C4142F red       A clear red with nothing to hide, the colour of the top deck at six in the morning.
Stop Press           #D8281C red       Red leaning towards vermilion, loud in print and louder in daylight.
Phone Box            #A90F1E red       A deep enamel red with a little blue in it.
Curtain Call         #6E1026 burgundy  Burgundy velvet at the end of the last act.
Claret Hour          #842038 burgundy  A burgundy that is still on speaking terms with red.
Ox Letter            #4E0E1F burgundy  The darkest burgundy in the book, close to sealing wax.
Blown Fuse           #E62E86 pink      Hot pink with the lights left on.
Neon Chapel          #C9127A pink      Fuchsia pink, half reverent.
Peony Weather        #E594B0 pink      The pink of a peony the day before it drops.
Slow Blush           #D4808F pink      A warm, unhurried pink.
Rehearsal            #EFC4CC pink      Pale ballet-shoe pink, washed often.
Rosewater Row        #BC5F75 pink      Dusty rose pink, a shade off sweet.
Lido                 #F26D5B coral     Coral, wet tiles and a towel over the shoulder.
Parasol              #FA8B6E coral     A light coral with sun coming through it.
Marmalade Thursday   #E6761C orange    Thick-cut orange.
Persimmon Proof      #D5521C orange    Burnt orange, ripe enough to be careful with.
Kiln Door            #A8452A rust      Fired rust with the heat still in it.
Iron Gate            #84381F rust      A dark rust that has been out in the rain.
Conker               #6A3823 brown     Polished brown, straight from the shell.
Long Coffee          #472B20 brown     A brown that keeps you up.
Cocoa Ledger         #7D4E38 brown     Milk-chocolate brown with a red spine.
Paper Bag            #CB9F82 nude      A neutral nude that behaves on most skins.
Bare Boards          #B98168 nude      Rosy nude, swept and empty.
Plaster              #DBB59E nude      Pale nude with the warmth of old walls.
Clay Court           #A3624B nude      A deep nude with brick dust on its shoes.
Trench Weather       #C6A97F beige     The beige of coats that expect rain.
Oat Field            #D9C7A8 beige     Light, dry, grainy beige.
Taxi Light           #F3BF18 yellow    The yellow you raise an arm for.
Butter Paper         #F2DF9A yellow    Soft yellow with a fold in it.
Gilt Edge            #C79E45 gold      Gold leaf on the edge of a page.
Old Coin             #A57A37 gold      Worn gold, warm from the pocket.
Moss Street          #656C33 olive     Olive, the damp side of the wall.
Bottle Bank          #12503A green     Dark bottle green with light behind it.
Fern Hour            #3D7C4B green     Leaf green at four in the afternoon.
Pistachio Memo       #B5C98E green     Pale, powdery pistachio green.
Jade Post            #1C8B74 green     Cool jade green.
Canal                #0E6670 teal      Teal that has seen the underside of bridges.
Enamel               #2252C6 blue      Sign-painter's blue.
Ink Tax              #2B2FA6 blue      Ultramarine blue, straight from the bottle.
Powder Room          #A6C2E3 blue      Pale powder blue.
Denim Proof          #3A5884 blue      Indigo blue after twenty washes.
Washed Monday        #86A3C9 blue      A light, line-dried blue.
Night Bus            #17223F navy      Navy with one window lit.
Alkanet              #5A2A6F purple    The house purple, from the root that gave us our name.
Violet Hour          #7A3FB0 purple    Bright purple, just after the lamps.
Wisteria Wall        #B49DDA lilac     Lilac in full bloom over brick.
Lavender Fog         #CFC2E7 lilac     The palest lilac, mostly air.
Damson               #591D44 plum      Plum with the bloom still on it.
Fig Receipt          #74335A plum      A lighter plum, jammy inside.
Mauve Telegram       #A37890 mauve     Greyed mauve with news in it.
Pigeon               #8A8E96 grey      Mid grey with a little sheen at the neck.
Slate Roof           #4D535C grey      Wet slate grey.
Fog Line             #C2C6CA grey      A pale grey, far off.
Tin Moon             #BFC4CB silver    Cool silver, slightly dented.
Soot                 #1F1B1D black     Soft black with the shine rubbed off.
Blackout             #121116 black     Black. All of it.
Chalk                #F4F2ED white     Clean white, a little dusty.
Candle               #F0E4CB cream     Warm cream, by its own light.
10 Daybreak          #F2DAC6 beige     For very fair skin with a neutral undertone.
14 Window            #EACBB0 beige     For fair skin with a warm undertone.
20 Linen Press       #E0B998 nude      For light skin with a neutral undertone.
24 Sandstone         #D3A47C nude      For light to medium skin with a golden undertone.
30 Honeycomb         #C48D61 nude      For medium skin with a warm undertone.
34 Cinnamon Stair    #AB744A brown     For tan skin with a golden undertone.
40 Chestnut Walk     #8C5936 brown     For deep tan skin with a warm undertone.
44 Walnut Desk       #72442B brown     For deep skin with a neutral undertone.
50 Cocoa Stage       #563121 brown     For very deep skin with a red undertone.
54 Ebony Key         #3C2319 brown     For the deepest skin with a neutral undertone.
"""


def _read(line: str) -> Shade:
    mark = line.index("#")
    hex_, family, words = line[mark:].split(None, 2)
    return Shade(line[:mark].strip(), hex_, family, words)


SHADES: dict[str, Shade] = {shade.name: shade for shade in map(_read, BOOK.strip().splitlines())}
