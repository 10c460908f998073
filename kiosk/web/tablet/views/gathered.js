/** What surrounds a bag: what goes with the things in it, the shades next to those that are not here, and what is said of them. Pure. */

import { t } from '../../shared/words.js';
import { reason } from '../parts/why.js';
import { inStock } from '../range/shelf.js';
import { itemOf } from '../state.js';

/** @typedef {import('../state.js').State} State */
/** @typedef {import('../state.js').Detail} Detail */

/** Things in the bag that are asked about: the newest. */
export const AROUND = 4;
const MOST = 8;
const MOST_SAID = 4;

/** @param {State} state @returns {{goes: any[], next: any[], said: any[], alike: any[]}} rows of what to show, each with its words */
export function gathered(state) {
  const held = new Set(state.bag.map((one) => one.variant));
  const products = new Set(state.bag.map((one) => itemOf(state, one.variant)?.product));
  const details = state.bag.slice(0, AROUND).map((one) => state.details[one.variant]).filter((one) => typeof one === 'object');
  const missing = details.filter(({ item }) => !inStock(state.shelf.get(item.id) || item));
  const free = (/** @type {any} */ { item }) => !held.has(item.id) && !products.has(item.product);
  return {
    goes: once(turns(details.map((detail) => worded(detail, detail.goes_with, 'beside'))).filter(free)).slice(0, MOST),
    next: once(turns(missing.map((detail) => worded(detail, (detail.next_to || []).filter(({ item }) => inStock(state.shelf.get(item.id) || item)), 'instead')))
      .filter(({ item }) => !held.has(item.id))).slice(0, MOST),
    said: once(turns(details.map((detail) => detail.said || [])), (one) => one.url).slice(0, MOST_SAID),
    alike: once(turns(details.map((detail) => detail.alike || [])), (one) => one.post.url).slice(0, MOST_SAID),
  };
}

/** @param {Detail} detail @param {any[]} found @param {'beside'|'instead'} how */
function worded({ item }, found, how) {
  return found.map((one) => ({ ...one, words: said(how, item.title, reason(one.why, one.data)) }));
}

/** @param {string} how @param {string} name @param {string} why */
function said(how, name, why) {
  return how === 'instead' ? t('Instead of {name}: {why}', { name, why }) : t('With {name}: {why}', { name, why });
}

/** The first of each, then the second of each. @template T @param {T[][]} lists @returns {T[]} */
function turns(lists) {
  const most = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: most }, (_, at) => lists.filter((list) => at < list.length).map((list) => list[at])).flat();
}

/** @param {any[]} found @param {(one: any) => string} [key] @returns {any[]} without what stands there already */
function once(found, key = (one) => one.item.product) {
  return [...new Map([...found].reverse().map((one) => [key(one), one])).values()].reverse();
}
