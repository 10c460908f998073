/** The store's range in memory: looked up by id, code and product, searched and sorted into tiles, without asking anybody. Pure. */

import { slipped } from './slips.js';

/**
 * @typedef {{quantity: number|null, availability: string, as_of: string}} Stock
 * @typedef {[string, number, number]} Picture digest, width, height
 * @typedef {object} Item
 * @property {string} id @property {string} product @property {string} title @property {string} brand @property {string} type
 * @property {string} colour @property {string|null} swatch @property {string} [family] @property {string[]} [room] field, ink, soft, accent
 * @property {string} size @property {import('../../shared/words.js').Price|null} price @property {Picture[]} pictures the smallest first
 * @property {string|null} gtin @property {boolean} gone @property {Stock|null} [stock] @property {string} [words] @property {string} [about]
 * @property {string} [link] @property {string} [path]
 * @typedef {{q: string, type: string, brand: string, family: string}} Wish what to look for; empty: whatever
 * @typedef {{item: Item, shades: Item[], from: boolean}} Tile a product by its best variant; from: its variants differ in price
 * @typedef {{name: string, count: number, item: Item}} Facet with an item that stands for it
 */

/** @type {Wish} */
export const ANYTHING = { q: '', type: '', brand: '', family: '' };

/** Letters that accents leave standing, as the server folds them. @type {Record<string, string>} */
const LETTERS = { đ: 'd', ø: 'o', æ: 'ae', œ: 'oe', ß: 'ss', ł: 'l' };

/** @param {string} text @returns {string} as it is compared: small, without accents, words by single spaces */
export function folded(text) {
  return text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').replace(/[đøæœßł]/g, (letter) => LETTERS[letter])
    .replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

/** @param {string} type a path such as Beauty > Lips > Lipstick @returns {string} what people call it */
export function kindOf(type) {
  return type.split('>').at(-1)?.trim() || '';
}

/** @param {Item} item @returns {boolean} whether this store has it, as far as is known */
export function inStock(item) {
  return Boolean(item.stock && item.stock.availability !== 'out_of_stock' && item.stock.quantity !== 0);
}

/** @param {Item[]} items */
export function createShelf(items) {
  const byId = new Map(items.map((item) => [item.id, item]));
  const byGtin = new Map(items.filter((item) => item.gtin).map((item) => [/** @type {string} */ (item.gtin), item]));
  /** @type {Map<string, Item[]>} */
  const products = new Map();
  for (const item of items) products.set(item.product, [...(products.get(item.product) || []), item]);
  const texts = new Map(items.map((item) => [item.id, ' ' + (item.words || folded(`${item.title} ${item.brand} ${item.type} ${item.colour} ${item.size}`))]));

  /** Words that are taken for slips, with what was meant. @type {Map<string, string[]>} */
  const slips = new Map();

  /** @param {string} word @returns {string[]} itself where something begins so, else the words that a slip makes of it */
  function meant(word) {
    const known = slips.get(word);
    if (known) return known;
    const stands = [...texts.values()].some((text) => text.includes(' ' + word));
    const found = stands ? [word] : slipped(word, new Set([...texts.values()].flatMap((text) => text.split(' '))));
    slips.set(word, found);
    return found;
  }

  /** @param {Item} item @param {string[][]} words @param {Wish} wish */
  function fits(item, words, wish) {
    const text = /** @type {string} */ (texts.get(item.id));
    return (!wish.type || kindOf(item.type) === wish.type) && (!wish.brand || item.brand === wish.brand)
      && (!wish.family || item.family === wish.family) && words.every((ways) => ways.some((word) => text.includes(' ' + word)));
  }

  /** @param {Wish} wish @returns {Item[]} */
  function found(wish) {
    const words = folded(wish.q).split(' ').filter(Boolean).map(meant);
    return items.filter((item) => fits(item, words, wish));
  }

  return {
    size: items.length,
    items,
    /** @param {string} id @returns {Item|undefined} */
    get: (id) => byId.get(id),
    /** @param {string} gtin 14 digits @returns {Item|undefined} */
    byGtin: (gtin) => byGtin.get(gtin),
    /** @param {string} product @returns {Item[]} */
    ofProduct: (product) => products.get(product) || [],
    /** One tile for each product of which something fits: best the variant that is here; those that are here come first.
     * @param {Wish} wish @returns {Tile[]} */
    tiles(wish) {
      /** @type {Map<string, Item>} */
      const best = new Map();
      for (const item of found(wish)) {
        const other = best.get(item.product);
        if (!other || worth(item) > worth(other)) best.set(item.product, item);
      }
      const tiles = [...best.values()].map((item) => tileOf(item, products.get(item.product) || [item]));
      return spread(tiles.sort((a, b) => Number(inStock(b.item)) - Number(inStock(a.item))), wish);
    },
    /** What can be chosen from among what fits the rest of a wish, the most frequent first. @param {'type'|'brand'|'family'} by @param {Wish} wish
     * @returns {Facet[]} */
    facets(by, wish) {
      /** @type {Map<string, Map<string, Item>>} */
      const named = new Map();
      for (const item of found({ ...wish, [by]: '' })) {
        const name = by === 'type' ? kindOf(item.type) : by === 'brand' ? item.brand : item.family || '';
        if (!name) continue;
        const held = named.get(name) || new Map();
        if (!held.has(item.product) || worth(item) > worth(held.get(item.product))) held.set(item.product, item);
        named.set(name, held);
      }
      return [...named].map(([name, held]) => ({ name, count: held.size, item: [...held.values()].sort((a, b) => worth(b) - worth(a))[0] }))
        .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
    },
  };
}

/** @typedef {ReturnType<typeof createShelf>} Shelf */

/** @param {Item} item @returns {number} */
function worth(item) {
  return (inStock(item) ? 2 : 0) + (item.pictures.length ? 1 : 0);
}

/** @param {Item} item @param {Item[]} variants @returns {Tile} */
function tileOf(item, variants) {
  const shades = [...new Map(variants.filter((one) => one.swatch).map((one) => [one.colour, one])).values()];
  const amounts = new Set(variants.map((one) => one.price?.amount));
  return { item, shades: shades.length > 1 ? shades : [], from: amounts.size > 1 };
}

/** Neighbours of one kind or one colour make a dull wall: where nothing is asked for, kinds take turns.
 * @param {Tile[]} tiles @param {Wish} wish @returns {Tile[]} */
function spread(tiles, wish) {
  if (wish.q || wish.type) return tiles;
  /** @type {Map<string, Tile[]>} */
  const kinds = new Map();
  for (const tile of tiles) {
    const kind = tile.item.type;
    kinds.set(kind, [...(kinds.get(kind) || []), tile]);
  }
  const turns = [...kinds.values()];
  const most = Math.max(0, ...turns.map((turn) => turn.length));
  return Array.from({ length: most }, (_, at) => turns.map((turn) => turn[at]).filter(Boolean)).flat();
}
