/** Says what a store has, how far it is and when it is open, in the shopper's language. */

import { opening } from '../../../server/core/web/device/hours.js';
import { day, distance, n, t, time } from '../shared/words.js';
import { minutes } from './near.js';

/** @typedef {import('./near.js').Placed} Placed */
/** @typedef {import('./stock.js').Stock} Stock */

const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** @param {import('./stock.js').Standing} standing @param {Stock|undefined} stock @returns {string} */
export function stockSaid(standing, stock) {
  switch (standing) {
    case 'left': return n('{n} left', '{n} left', Number(stock && stock.quantity));
    case 'few': return t('A few left');
    case 'there': return t('In stock');
    case 'ask': return t('Ask for it there');
    default: return t('None left');
  }
}

/** @param {Placed} store @returns {string} empty where it is not known */
export function awaySaid({ metres }) {
  if (metres === undefined) return '';
  const walk = minutes(metres);
  return walk === null ? distance(metres) : t('{distance}, {walk}', { distance: distance(metres), walk: n('{n} minute’s walk', '{n} minutes’ walk', walk) });
}

/** @param {Placed} store @param {number} now ms @returns {{open: boolean, words: string}} words: empty where the store does not say */
export function openingSaid(store, now) {
  if (!store.hours || !Object.keys(store.hours).length) return { open: true, words: '' };
  const { open, at, days, zone } = opening(store, now, 0);
  if (open) return { open, words: t('Open today {hours}', { hours: today(store, now, zone) }) };
  if (at === null) return { open, words: t('Closed') };
  const clock = time(at, zone);
  if (days === 0) return { open, words: t('Opens at {time}', { time: clock }) };
  if (days === 1) return { open, words: t('Opens tomorrow at {time}', { time: clock }) };
  return { open, words: t('Opens {day} at {time}', { day: day(at, { weekday: true, zone }), time: clock }) };
}

/** @param {Placed} store @param {number} now @param {string} zone @returns {string} such as 10:00–20:00 */
function today(store, now, zone) {
  const date = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(now);
  const spans = (store.exceptions || {})[date] || store.hours[NAMES[new Date(`${date}T00:00:00Z`).getUTCDay()]] || [];
  return spans.map((/** @type {[string, string]} */ [from, until]) => `${from}–${until}`).join(', ');
}
