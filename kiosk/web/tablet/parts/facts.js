/** What is said of an item in few words: its price, what is here of it, where else it is, when that store is open. */

import { html, nothing } from '../../../../vendor/lit-html/lit-html.js';
import { opening } from '../../../../server/core/web/device/hours.js';
import { day, n, price, t, time } from '../../shared/words.js';
import { inStock } from '../range/shelf.js';

/** @typedef {import('../range/shelf.js').Item} Item */
/** @typedef {import('../range/shelf.js').Stock} Stock */
/** @typedef {{has: boolean, words: string}} Told */

/** More than this are not counted aloud. */
const FEW = 9;

/** @param {Item} item @param {boolean} [from] of several prices the least is said */
export function priceOf(item, from) {
  if (!item.price) return html`<span class="price">${t('Ask for the price')}</span>`;
  const { was } = item.price;
  const words = price(item.price);
  return html`<span class="price">${from ? t('from {price}', { price: words }) : words}${was ? html` <s class="was"><span class="sr">${t('before')} </span>${price({ ...item.price, amount: was })}</s>` : nothing}</span>`;
}

/** What a store has. @param {Stock|null|undefined} stock @param {{now: number, maxAge: number}} at ms, seconds @returns {Told} */
export function stockOf(stock, { now, maxAge }) {
  if (!stock || !inStock(/** @type {any} */ ({ stock }))) return { has: false, words: t('None left') };
  if (now - Date.parse(stock.as_of) > maxAge * 1000) return { has: true, words: t('Ask for it there') };
  if (stock.quantity != null && stock.quantity <= FEW) return { has: true, words: n('{n} left', '{n} left', stock.quantity) };
  return { has: true, words: stock.availability === 'limited' ? t('A few left') : t('In stock') };
}

/** As of when something is known. @param {number|string} moment @param {number} now @param {string} zone @returns {string} */
export function asOf(moment, now, zone) {
  const clock = time(moment, zone);
  return day(moment, { zone }) === day(now, { zone }) ? t('as of {time}', { time: clock }) : t('as of {day}, {time}', { day: day(moment, { zone }), time: clock });
}

/** @param {any} store with its hours @param {number} now ms @param {number} walk ms @returns {string} empty where it does not tell */
export function openingOf(store, now, walk) {
  if (!store.hours || !Object.keys(store.hours).length) return '';
  const { open, at, days, zone } = opening(store, now, walk);
  if (open) return t('open now');
  if (!at) return t('closed');
  const clock = time(at, zone);
  if (!days) return t('opens at {time}', { time: clock });
  return days === 1 ? t('opens tomorrow at {time}', { time: clock }) : t('opens {day} at {time}', { day: day(at, { weekday: true, zone }), time: clock });
}
