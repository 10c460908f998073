/** The items of the bag as the catalogue has them now: asked for when they are new, and again when what is known grows old. */

import { ask } from './ask.js';

/** @typedef {{amount: number, currency: string, digits: number, was: number|null}} Price */
/**
 * @typedef {{id: string, product: string, title: string, brand: string, type: string, colour: string, swatch: string|null, size: string, price: Price|null,
 *   pictures: import('./pictures.js').Rendition[], link: string, path: string, gtin: string|null, gone: boolean,
 *   room: string[]|null}} Good room: field, ink, soft and accent, null where it has no colour of its own
 */

const OLD = 5 * 60000;
const AT_ONCE = 200;

/** @param {{changed: () => void}} parts */
export function createGoods(parts) {
  /** @type {Map<string, Good>} */
  const goods = new Map();
  /** Those that the catalogue did not know when it was asked last, so that it is not asked at every turn. @type {Set<string>} */
  let unknown = new Set();
  let at = 0;
  let busy = false;

  /** @param {string[]} ids what is in the bag @param {number} now ms @returns {Promise<void>} */
  async function refresh(ids, now) {
    const wanted = now - at > OLD ? ids : ids.filter((id) => !goods.has(id) && !unknown.has(id));
    if (busy || !wanted.length) return;
    busy = true;
    const { status, body } = await ask('POST', '/api/items', { ids: wanted.slice(0, AT_ONCE) });
    busy = false;
    if (status !== 200) return;
    for (const good of body.items) goods.set(good.id, good);
    if (now - at > OLD) at = now;
    unknown = new Set(ids.filter((id) => !goods.has(id)));
    parts.changed();
  }

  return {
    refresh,
    /** @param {string} id @returns {Good|undefined} */
    of: (id) => goods.get(id),
    /** @param {Good[]} kept */
    restore(kept) { for (const good of kept) goods.set(good.id, good); },
    /** @param {string[]} ids @returns {Good[]} */
    all: (ids) => ids.flatMap((id) => goods.get(id) || []),
  };
}
