/** Decides what a screen plays next: a pure function of its documents, what it has decoded, and server time. */

/** @typedef {import('./types.js').World} World */
/** @typedef {import('./types.js').Spot} Spot */
/** @typedef {import('./types.js').Decision} Decision */

/** A newly approved card may end an evergreen or trend card that has stood this long (ms). */
export const CUTTABLE_AFTER = 3000;
const CUTTABLE = ['evergreen', 'trend'];
const SOCIAL = ['post', 'post_item', 'trend'];
const REMEMBERED = 5000;
/** So many jump the queue in a row, then a card that is no post has its turn and stands its time: in a flood of posts the tag's terms and the house must still be seen. */
const JUMPS = 3;
const OTHERS = ['call', 'evergreen', 'trend'];

/** @returns {World} a world in which nothing is known yet */
export function emptyWorld() {
  return {
    screen: null, loop: null, source: null, stores: {}, trusted: false, ready: {}, barred: {}, seen: {}, fresh: [],
    cursor: null, jumps: 0, current: null,
  };
}

/**
 * Say what should be on the glass at `now`.
 * @param {World} world @param {number} now server time, ms
 * @returns {Decision}
 */
export function next(world, now) {
  const current = world.current;
  if (!current) return begin(world, now, null);
  const fault = faultOf(world, now);
  if (fault) return begin(world, now, fault);
  const end = current.started + current.spot.seconds * 1000;
  if (now >= end) return begin(world, now, null);
  const cutAt = current.started + CUTTABLE_AFTER;
  if (current.turn || CUTTABLE.indexOf(current.spot.kind) < 0 || !freshSpot(world, now, true)) return keep(end);
  if (now < cutAt) return keep(Math.min(cutAt, end));
  return show(freshSpot(world, now, true), 'cut');
}

/**
 * The spot to prepare while the current one stands; null when there is none.
 * @param {World} world @param {number} now @returns {Spot|null}
 */
export function upcoming(world, now) {
  return due(world, now) || freshSpot(world, now, false) || following(world, now, null);
}

/**
 * Why a spot may not play now, in one word; null when it may.
 * @param {World} world @param {Spot} spot @param {number} now @returns {string|null}
 */
export function hindrance(world, spot, now) {
  if (isSocial(spot) && !world.trusted) return 'lease';
  if (isSocial(spot) && world.loop && world.loop.mode === 'evergreen') return 'takeover';
  if (spot.from && Date.parse(spot.from) > now) return 'early';
  if (spot.until && Date.parse(spot.until) <= now) return 'over';
  if (world.barred[spot.card] > now) return 'broken';
  return isHeld(world, spot) ? null : 'stock';
}

/**
 * Take in a new loop document: notes which live spots are newly approved. The first document tells nothing new, it is where the page begins.
 * @param {World} world @param {import('./types.js').LoopDoc} doc @returns {World}
 */
export function received(world, doc) {
  const live = (doc.spots || []).filter((spot) => spot.live);
  const news = world.loop ? live.filter((spot) => !world.seen[spot.id]) : [];
  news.sort((a, b) => String(b.at || '').localeCompare(String(a.at || '')));
  const still = world.fresh.filter((id) => live.some((spot) => spot.id === id));
  const crowded = Object.keys(world.seen).length > REMEMBERED;
  const seen = Object.assign({}, crowded ? {} : world.seen);
  for (const spot of live) seen[spot.id] = true;
  return Object.assign({}, world, { loop: doc, seen, fresh: news.map((spot) => spot.id).concat(still) });
}

/**
 * Note that a spot went on the glass. A card that jumped the queue leaves the cursor alone, so that the order goes on where it was.
 * @param {World} world @param {Spot} spot @param {number} now @returns {World}
 */
export function started(world, spot, now) {
  const jumped = world.fresh.indexOf(spot.id) >= 0;
  return Object.assign({}, world, {
    current: { spot, started: now, turn: !jumped && world.jumps >= JUMPS },
    jumps: jumped ? world.jumps + 1 : 0,
    fresh: world.fresh.filter((id) => id !== spot.id),
    cursor: jumped ? world.cursor : { id: spot.id, index: indexOf(world, spot.id) },
  });
}

/** @param {Spot} spot @returns {boolean} whether it stems from what people say, and goes with the lease and the red button */
export function isSocial(spot) {
  return spot.live || SOCIAL.indexOf(spot.kind) >= 0;
}

/**
 * Whether some store in walking range holds what the spot shows. A trend or evergreen needs one of its variants, an item card its item.
 * @param {World} world @param {Spot} spot @returns {boolean}
 */
export function isHeld(world, spot) {
  const variants = spot.variants || [];
  if (!variants.length) return true;
  const near = world.screen && world.screen.stores || [];
  if (!near.length && !isSocial(spot)) return true;
  const range = world.screen && world.screen.range_minutes;
  const holders = near.filter((store) => range == null || store.minutes <= range);
  return variants.some((variant) => holders.some((store) => holds(world.stores[store.id], variant)));
}

/** @param {import('./types.js').StoreDoc|undefined} store @param {string} variant */
function holds(store, variant) {
  const stock = store && !store.gone && store.stock && store.stock[variant];
  if (!stock || stock.availability === 'out_of_stock') return false;
  return stock.quantity == null || stock.quantity > 0;
}

/** Why the spot on the glass must go now; null when it may stand its time. A merchandiser's edit of a spot that is not live waits for its end.
 * @param {World} world @param {number} now @returns {string|null} */
function faultOf(world, now) {
  const spot = /** @type {import('./types.js').Standing} */ (world.current).spot;
  if (!isSocial(spot)) return null;
  if (!world.trusted) return 'lease';
  if (world.loop && world.loop.mode === 'evergreen') return 'takeover';
  const named = spots(world).filter((other) => other.id === spot.id)[0];
  // Other bytes under the same id mean that these bytes are no longer approved.
  if (!named || named.card !== spot.card) return 'withdrawn';
  return named.until && Date.parse(named.until) <= now ? 'withdrawn' : null;
}

/** @param {World} world @param {number} now @param {string|null} reason @returns {Decision} */
function begin(world, now, reason) {
  const spot = due(world, now) || freshSpot(world, now, true) || following(world, now, null);
  if (!spot) return { action: 'slate', spot: null, reason, until: wakeAt(world, now) };
  const current = world.current;
  const same = current && !reason && current.spot.id === spot.id && current.spot.card === spot.card;
  return same ? { action: 'again', spot, reason: null, until: null } : show(spot, reason);
}

/** The first newly approved spot that may play; with `ready`, only one that is decoded.
 * @param {World} world @param {number} now @param {boolean} ready @returns {Spot|null} */
function freshSpot(world, now, ready) {
  for (const id of world.fresh) {
    const spot = spots(world).filter((other) => other.id === id)[0];
    if (spot && !hindrance(world, spot, now) && (!ready || world.ready[spot.card])) return spot;
  }
  return null;
}

/** Whose turn it is after so many jumped the queue. @param {World} world @param {number} now @returns {Spot|null} */
function due(world, now) {
  return world.jumps < JUMPS ? null : following(world, now, OTHERS) || following(world, now, null);
}

/** The next playable spot in order, after the cursor and round again; the one on the glass only when there is no other.
 * @param {World} world @param {number} now @param {string[]|null} kinds only these @returns {Spot|null} */
function following(world, now, kinds) {
  const all = spots(world);
  const from = after(world, all);
  const turn = all.slice(from).concat(all.slice(0, from))
    .filter((spot) => (!kinds || kinds.indexOf(spot.kind) >= 0) && !hindrance(world, spot, now));
  const shown = world.current && world.current.spot.id;
  return turn.filter((spot) => spot.id !== shown)[0] || turn[0] || null;
}

/** Where the order goes on; when the cursor's spot has left the loop, its successor has moved into its place.
 * @param {World} world @param {Spot[]} all */
function after(world, all) {
  const cursor = world.cursor;
  if (!cursor) return 0;
  const index = indexOf(world, cursor.id);
  return index >= 0 ? index + 1 : Math.max(cursor.index, 0);
}

/** When something may become playable by time alone. @param {World} world @param {number} now @returns {number|null} */
function wakeAt(world, now) {
  const times = spots(world).map((spot) => (spot.from ? Date.parse(spot.from) : 0))
    .concat(spots(world).map((spot) => world.barred[spot.card] || 0))
    .filter((time) => time > now);
  return times.length ? Math.min.apply(null, times) : null;
}

/** @param {World} world @returns {Spot[]} */
function spots(world) {
  return world.loop && !world.loop.gone && world.loop.spots || [];
}

/** @param {World} world @param {string} id */
function indexOf(world, id) {
  return spots(world).map((spot) => spot.id).indexOf(id);
}

/** @param {number} until @returns {Decision} */
function keep(until) {
  return { action: 'keep', spot: null, reason: null, until };
}

/** @param {Spot|null} spot @param {string|null} reason @returns {Decision} */
function show(spot, reason) {
  return { action: 'show', spot, reason, until: null };
}
