"""The fashion half of the range: what it is, what it costs, the shades it is dyed in and the sizes it is cut in."""

from __future__ import annotations

# The same columns as beauty.py; the categories are numbers of Google's product taxonomy.
FASHION = """
Overture Slip Dress | slip_dress | Fashion > Dresses > Slip Dress | 2271 | 18500
  | Curtain Call, Bottle Bank, Butter Paper, Alkanet | S, M
  | A bias-cut satin slip dress that falls from two thin straps to mid-calf and moves half a second after you do.
Last Act Evening Dress | gown | Fashion > Dresses > Evening Dress | 2271 | 32000
  | First Bus, Night Bus, Blown Fuse | S, M
  | A floor-length evening dress with a bare back line, a gathered waist and enough skirt to leave a room properly.
Interval Wrap Dress | wrap_dress | Fashion > Dresses > Midi Dress | 2271 | 16500>12500
  | Jade Post, Persimmon Proof, Fig Receipt | S, M
  | A crêpe wrap dress to the knee, tied at the side, with a sleeve that stays pushed up.
Bias Slip Skirt | slip_skirt | Fashion > Skirts > Midi Skirt | 1581 | 11500
  | Tin Moon, Damson, Parasol | S, M
  | A satin midi skirt cut on the bias, with a flat elastic waist that nobody will notice.
Fanlight Pleated Skirt | pleated_skirt | Fashion > Skirts > Pleated Skirt | 1581 | 13500
  | Enamel, Pistachio Memo, Claret Hour | S, M
  | A sunray-pleated skirt, heat-set so that every pleat comes back, whatever the chair did.
Stage Left Blazer | blazer | Fashion > Jackets > Blazer | 5598 | 24500
  | Night Bus, Neon Chapel, Pigeon | S, M
  | A single-breasted blazer in wool twill with a long lapel, one button and pockets deep enough for a programme.
Eight Minute Trench Coat | trench | Fashion > Coats > Trench Coat | 5598 | 36000
  | Trench Weather, Moss Street | S, M
  | A belted trench coat in washed cotton gabardine, for any walk of eight minutes in any weather.
Fisher Row Jumper | jumper | Fashion > Knitwear > Jumper | 212 | 12500
  | Taxi Light, Canal, Rehearsal, Chalk | S, M
  | A cabled crew-neck jumper in lambswool, knitted thick and finished with a deep rib.
Blotter Silk Shirt | shirt | Fashion > Tops > Shirt | 212 | 14500
  | Chalk, Powder Room, Kiln Door | S, M
  | A sand-washed silk shirt with a proper collar and a curved hem, good in, better out.
Long Note Wide Trousers | trousers | Fashion > Trousers > Wide Leg | 204 | 15500
  | Soot, Conker, Candle | S, M
  | Wide-leg trousers with a high waist and a single pressed crease that goes all the way down.
Second Shift Straight Jeans | jeans | Fashion > Jeans > Straight | 204 | 11000
  | Denim Proof, Washed Monday | 28, 30
  | Straight jeans in rigid denim with copper rivets, hemmed where an ankle starts.
Exit Music Heels | heel | Fashion > Shoes > Heels | 187 | 19500
  | First Bus, Blackout, Enamel, Gilt Edge | 38, 39
  | A pointed court shoe on a 90 mm heel, soft at the back where it matters on the way home.
Cobbler's Row Ankle Boots | ankle_boot | Fashion > Shoes > Ankle Boots | 187 | 22500
  | Blackout, Conker, Ox Letter | 38, 39
  | Leather Chelsea boots with a block heel and an elastic gusset, resoled for as long as you like.
Night Bus Trainers | trainer | Fashion > Shoes > Trainers | 187 | 12000>9500
  | Chalk, Lido, Fern Hour | 38, 39
  | Low leather trainers with a cushioned sole and one coloured row along the side.
Crescent Shoulder Bag | crescent_bag | Fashion > Bags > Shoulder Bag | 3032 | 26500
  | Curtain Call, Pistachio Memo, Marmalade Thursday, Blackout |
  | A half-moon shoulder bag in smooth calf, closed by the fluted clasp of the house.
Green Room Tote Bag | tote | Fashion > Bags > Tote Bag | 3032 | 29500
  | Bottle Bank, Oat Field, Powder Room |
  | A tall tote bag that stands on its own, takes a laptop and a change of shoes, and admits to neither.
Box Office Clutch | clutch | Fashion > Bags > Clutch | 3032 | 17500
  | Violet Hour, Phone Box |
  | A lacquered box clutch with a fluted clasp; room for a lipstick, keys and one secret.
Prop Room Make-up Pouch | pouch | Fashion > Bags > Make-up Bag | 3032 | 4500
  | Peony Weather, Canal, Taxi Light |
  | A quilted make-up bag with a wipe-clean lining and a zip that survives airports.
Cue Leather Belt | belt | Fashion > Accessories > Belt | 169 | 6500
  | Blackout, Iron Gate, Phone Box |
  | A 30 mm leather belt with a fluted buckle, cut from one hide.
Colour Book Silk Scarf | silk_scarf | Fashion > Accessories > Silk Scarf | 177 | 9500
  | Stop Press, Ink Tax, Jade Post, Marmalade Thursday |
  | A silk twill square printed with a page of our colour book, its edges rolled by hand.
Fog Wool Scarf | wool_scarf | Fashion > Accessories > Scarf | 177 | 7500>5500
  | Fog Line, Rosewater Row, Moss Street |
  | A brushed wool scarf, long enough for two turns, with a twisted fringe.
Matinee Cat-Eye Sunglasses | cat_eye | Fashion > Accessories > Sunglasses | 178 | 13500
  | Blackout, Claret Hour, Peony Weather |
  | Cat-eye sunglasses cut from thick acetate, with dark lenses for coming out of the cinema by day.
Limelight Round Sunglasses | round_eye | Fashion > Accessories > Sunglasses | 178 | 13500
  | Old Coin, Moss Street |
  | Round metal-rimmed sunglasses with tinted lenses that let your eyes be seen.
Encore Hoop Earrings | hoop | Fashion > Jewellery > Earrings | 194 | 5800
  | Gilt Edge, Tin Moon |
  | Fluted hoop earrings, hollow and light, plated thickly over recycled silver.
Chandelier Drop Earrings | drop | Fashion > Jewellery > Earrings | 194 | 7200
  | Bottle Bank, Ink Tax, First Bus |
  | Drop earrings with an enamelled tear and a fluted cap, long enough to be noticed from the balcony.
Balcony Felt Hat | felt_hat | Fashion > Accessories > Hat | 173 | 9800
  | Kiln Door, Soot, Trench Weather |
  | A wide-brimmed hat in rabbit-free wool felt with a grosgrain band.
Left Bank Beret | beret | Fashion > Accessories > Hat | 173 | 4200
  | Stop Press, Alkanet, Fern Hour |
  | A wool beret, felted slowly and blocked by hand. Tilt to taste.
"""
