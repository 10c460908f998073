"""The beauty half of the range: what it is, what it costs, and which shades of the book it is poured in."""

# ruff: noqa: E501 (a table of prose reads better with its columns unbroken)
from __future__ import annotations

# name | form | type | category | pence | shades | sizes | description. Prices in GBP minor units; `3400>2700` is a sale.
MAKEUP = "Health & Beauty > Personal Care > Cosmetics > Makeup"

BEAUTY = f"""
Low Light Matte Lipstick | lipstick:matte | Beauty > Lips > Lipstick | {MAKEUP} > Lip Makeup > Lipsticks | 2400
  | First Bus, Curtain Call, Phone Box, Kiln Door, Bare Boards, Rosewater Row, Damson, Neon Chapel, Long Coffee, Persimmon Proof |
  | A matte lipstick that lies down like velvet pile: one stroke of full colour, no shine, and a soft edge that can be pressed out with a finger.
First Row Satin Lipstick | lipstick:satin | Beauty > Lips > Lipstick | {MAKEUP} > Lip Makeup > Lipsticks | 2400
  | Stop Press, Claret Hour, Slow Blush, Blown Fuse, Plaster, Clay Court, Fig Receipt, Lido |
  | The everyday satin lipstick. Slips on with the comfort of a balm and keeps its colour through a long lunch.
Wet Ink Shine Lipstick | lipstick:shine | Beauty > Lips > Lipstick | {MAKEUP} > Lip Makeup > Lipsticks | 2300>1800
  | First Bus, Peony Weather, Rosewater Row, Parasol, Cocoa Ledger, Ox Letter |
  | Glossy lipstick with the look of ink that has not dried. Sheer in one pass, stained glass in three.
Afterparty Metallic Lipstick | lipstick:metallic | Beauty > Lips > Lipstick | {MAKEUP} > Lip Makeup > Lipsticks | 2500
  | Gilt Edge, Neon Chapel, Alkanet, Kiln Door |
  | Metallic lipstick ground with fine mica, made for rooms with one lamp. Wear it alone or over a matte.
Letterpress Liquid Lip | tube:liquid | Beauty > Lips > Liquid Lipstick | {MAKEUP} > Lip Makeup > Lipsticks | 2200
  | Phone Box, Curtain Call, Clay Court, Fig Receipt, Blown Fuse |
  | Liquid lipstick that prints once and stays printed. Dries matte, moves with the mouth, takes off with oil.
Margin Note Lip Pencil | pencil:lip | Beauty > Lips > Lip Pencil | {MAKEUP} > Lip Makeup > Lip Liner | 1600
  | Phone Box, Curtain Call, Bare Boards, Rosewater Row, Cocoa Ledger, Damson |
  | A firm cedar lip pencil for the sharp edge of a thought. Cut it fine for lining, blunt for filling in.
Spill Lip Gloss | tube:gloss | Beauty > Lips > Lip Gloss | {MAKEUP} > Lip Makeup > Lip Gloss | 1900
  | Rehearsal, Peony Weather, Parasol, First Bus, Paper Bag, Wisteria Wall |
  | Cushiony gloss with a wide, flat brush. It shines like something spilt and does not stick to your scarf.
Salt Tin Tinted Balm | tin | Beauty > Lips > Lip Balm | {MAKEUP} > Lip Makeup > Lip Gloss | 1400
  | Slow Blush, Lido, Fig Receipt |
  | Tinted lip balm in a slide-top tin, with sea salt for texture and shea for the rest of the winter.
One Coat Nail Lacquer | lacquer:cream | Beauty > Nails > Nail Lacquer | Health & Beauty > Personal Care > Cosmetics > Nail Care > Nail Polishes | 1300
  | First Bus, Curtain Call, Blown Fuse, Rehearsal, Taxi Light, Enamel, Bottle Bank, Night Bus, Lavender Fog, Blackout |
  | Nail lacquer thick enough to mean it: one coat, full cover, dry before the kettle boils.
Oilslick Chrome Lacquer | lacquer:chrome | Beauty > Nails > Nail Lacquer | Health & Beauty > Personal Care > Cosmetics > Nail Care > Nail Polishes | 1400
  | Tin Moon, Gilt Edge, Violet Hour, Jade Post |
  | Chrome nail lacquer that turns from one colour to its neighbour as the hand turns.
Five-Row Eyeshadow Palette | palette | Beauty > Eyes > Eyeshadow Palette | {MAKEUP} > Eye Makeup > Eye Shadow | 4200
  | Kiln Door, Slow Blush, Moss Street, Alkanet |
  | Five eyeshadows from one family, pressed in rows from quiet to not quiet at all. Two mattes, two satins, one foil.
Lone Pan Eyeshadow | pan | Beauty > Eyes > Eyeshadow | {MAKEUP} > Eye Makeup > Eye Shadow | 1700
  | Gilt Edge, Canal, Violet Hour, Moss Street, Peony Weather, Conker, Enamel |
  | A single eyeshadow, finely milled, with enough colour to need no company.
Tinfoil Cream Shadow | pot | Beauty > Eyes > Cream Eyeshadow | {MAKEUP} > Eye Makeup > Eye Shadow | 1900
  | Old Coin, Tin Moon, Mauve Telegram |
  | Cream eyeshadow that goes on with a fingertip, sets in a minute and stays foil-bright until it is asked to leave.
Flyleaf Mascara | mascara | Beauty > Eyes > Mascara | {MAKEUP} > Eye Makeup > Mascara | 2300
  | Blackout, Long Coffee, Ink Tax |
  | Lengthening mascara with a narrow brush for the corners. Builds in layers, like pages; comes off with warm water.
Blackout Kohl | pencil:kohl | Beauty > Eyes > Kohl | {MAKEUP} > Eye Makeup > Eyeliner | 1500
  | Blackout, Slate Roof, Bottle Bank, Night Bus, Damson |
  | Kohl pencil, soft for eight seconds and then not. Smoke it out quickly or leave it sharp.
Fine Print Liquid Liner | liner | Beauty > Eyes > Eyeliner | {MAKEUP} > Eye Makeup > Eyeliner | 1800
  | Soot, Conker, Enamel |
  | A liquid eyeliner pen with a tip as thin as the small print, for wings that agree with each other.
Second Draft Foundation | foundation | Beauty > Face > Foundation | {MAKEUP} > Face Makeup > Foundations & Concealers | 3600
  | 10 Daybreak, 14 Window, 20 Linen Press, 24 Sandstone, 30 Honeycomb, 34 Cinnamon Stair, 40 Chestnut Walk, 44 Walnut Desk, 50 Cocoa Stage, 54 Ebony Key |
  | A serum foundation that edits lightly: evens the tone, keeps the freckles, never looks like the final version of anyone.
Half-Tone Concealer | tube:concealer | Beauty > Face > Concealer | {MAKEUP} > Face Makeup > Foundations & Concealers | 2400
  | 14 Window, 24 Sandstone, 34 Cinnamon Stair, 44 Walnut Desk |
  | Concealer for late nights and early trains, creamy enough for under the eye and firm enough for the rest.
Warm Front Powder Blush | compact:blush | Beauty > Face > Blush | {MAKEUP} > Face Makeup > Blushes & Bronzers | 2800
  | Slow Blush, Peony Weather, Lido, Rosewater Row, Kiln Door, Fig Receipt |
  | Powder blush in a hinged compact, embossed with the house rows until you wear them away.
Rush Hour Cream Blush Stick | stick | Beauty > Face > Blush | {MAKEUP} > Face Makeup > Blushes & Bronzers | 2600>2000
  | Slow Blush, Parasol, Claret Hour, Clay Court |
  | A cream blush stick for cheeks and lips, applied standing up, between two stops.
Streetlamp Highlighter | compact:highlight | Beauty > Face > Highlighter | {MAKEUP} > Face Makeup > Highlighters & Luminizers | 3000
  | Candle, Rehearsal, Gilt Edge |
  | A highlighter with the low gold of a lamp in fog; a glow, no glitter.
Long Weekend Bronzer | compact:bronze | Beauty > Face > Bronzer | {MAKEUP} > Face Makeup > Blushes & Bronzers | 3000
  | 30 Honeycomb, Cocoa Ledger |
  | Matte bronzer that looks like three days somewhere else.
Wet Pavement Eau de Parfum | perfume:slab | Beauty > Fragrance > Eau de Parfum | 479 | 9200
  | Night Bus | 50 ml, 100 ml
  | The first minute of rain on hot stone: violet leaf, vetiver, a cold metal railing.
Dye Works Eau de Parfum | perfume:dome | Beauty > Fragrance > Eau de Parfum | 479 | 9800
  | Alkanet | 50 ml, 100 ml
  | Our founding scent: iris root, wet wool, woodsmoke from under the vats.
Orange Box Eau de Parfum | perfume:column | Beauty > Fragrance > Eau de Parfum | 479 | 8800
  | Marmalade Thursday | 50 ml
  | The market before anyone comes: bitter orange peel, cardboard, green stalks, coffee.
Understudy Face Brush | brush:face | Beauty > Tools > Makeup Brush | Health & Beauty > Personal Care > Cosmetics > Cosmetic Tools > Makeup Tools > Makeup Brushes | 2900
  | Alkanet, Bottle Bank |
  | A full, domed brush for powder and blush. Synthetic hair, dyed at the tips, that washes well and sheds nothing.
Fine Line Eye Brush | brush:eye | Beauty > Tools > Makeup Brush | Health & Beauty > Personal Care > Cosmetics > Cosmetic Tools > Makeup Tools > Makeup Brushes | 1800
  | Alkanet, Persimmon Proof |
  | A small tapered brush for the crease and the corner, balanced like a good pencil.
"""
