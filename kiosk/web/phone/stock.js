/** What a store has of an item, judged as the server judges it. Pure. */

/** @typedef {{quantity: number|null, availability: string, as_of: string}} Stock */
/** @typedef {'none'|'ask'|'left'|'few'|'there'} Standing */
/** @typedef {Object<string, {at: number, asked: string[], stock: Object<string, Stock>}>} Shelves by store; at: when the phone asked (ms), for what */

/** A count older than this is not told. */
const MAX_AGE = 36 * 3600 * 1000;
/** More than this are not counted aloud. */
const FEW = 9;

/** @param {Stock|undefined} stock of an item in a store; none where the store does not list it @param {number} now ms @returns {Standing} */
export function standing(stock, now) {
  if (!stock || stock.availability === 'out_of_stock' || stock.quantity === 0) return 'none';
  if (now - Date.parse(stock.as_of) > MAX_AGE) return 'ask';
  if (stock.quantity !== null && stock.quantity <= FEW) return 'left';
  return stock.availability === 'limited' ? 'few' : 'there';
}

/**
 * The first of these stores that has an item.
 * @template {{id: string}} T @param {string} variant @param {T[]} stores the nearest first @param {Shelves} shelves @param {number} now ms @returns {T|null}
 */
export function firstWith(variant, stores, shelves, now) {
  return stores.find(({ id }) => shelves[id] && standing(shelves[id].stock[variant], now) !== 'none') || null;
}
