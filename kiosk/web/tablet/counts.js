/** Counts what shoppers do here: how often a thing was viewed, scanned and collected on a day of the store. No visit and nobody is in it.
 *
 * What was counted is written down at once, since a visit's end begins a new page, and is sent in batches, one after the other: a batch keeps
 * its name until the server has taken it, so that one that was taken without our hearing of it counts once. */

import { backoff } from '../../../server/core/web/device/backoff.js';

/** @typedef {'view'|'scan'|'try'|'bag'} Kind */
/** @typedef {{day: string, variant: string, kind: Kind, n: number}} Count */
/** @typedef {{open: Count[], batch: {id: string, counts: Count[]}|null}} Book */

const AT_ONCE = 500;
/** Different counts that wait at most: without a network for weeks, what is new is not counted. */
const MOST = 5000;
const NAME = 'counts';

/**
 * @param {{
 *   db: import('../../../server/core/web/device/database.js').Database,
 *   day: () => string,
 *   send: (batch: {id: string, counts: Count[]}) => Promise<Response>,
 *   id: () => string,
 * }} parts `day` is the store's own, as 2026-11-22; empty while that is not known
 */
export function createCounts({ db, day, send, id }) {
  /** @type {Promise<Book>} */
  const opened = db.get('meta', NAME).then((kept) => kept || { open: [], batch: null }, () => ({ open: [], batch: null }));
  /** Once a visit, however often somebody looks: the page ends with the visit. @type {Set<string>} */
  const counted = new Set();
  let busy = false;
  let failures = 0;
  /** @type {any} */
  let again = null;

  /** @param {Kind} kind @param {string} variant */
  async function count(kind, variant) {
    const mark = kind + ' ' + variant;
    const today = day();
    if (!today || counted.has(mark)) return;
    counted.add(mark);
    const book = await opened;
    const known = book.open.find((one) => one.day === today && one.variant === variant && one.kind === kind);
    if (known) known.n += 1;
    else if (book.open.length < MOST) book.open.push({ day: today, variant, kind, n: 1 });
    await keep(book);
  }

  /** @param {Book} book */
  function keep(book) {
    return db.put('meta', NAME, book).catch(() => undefined);
  }

  /** Send what waits; what does not go now goes later. */
  async function flush() {
    clearTimeout(again);
    if (busy) return;
    busy = true;
    const book = await opened;
    while (await delivered(book));
    busy = false;
    failures = book.batch ? failures + 1 : 0;
    if (book.batch) again = setTimeout(flush, backoff(failures, { base: 1000, cap: 60000 }));
  }

  /** @param {Book} book @returns {Promise<boolean>} whether a batch went and another may follow */
  async function delivered(book) {
    if (!book.batch) {
      if (!book.open.length) return false;
      book.batch = { id: id(), counts: book.open.splice(0, AT_ONCE) };
      await keep(book);
    }
    const answer = await send(book.batch).catch(() => null);
    const refused = answer && answer.status >= 400 && answer.status < 500 && ![401, 408, 425, 429].includes(answer.status);
    if (!answer || !(answer.ok || refused)) return false;
    book.batch = null;
    await keep(book);
    return true;
  }

  return { count, flush, stop: () => clearTimeout(again) };
}

/** The day that it is in a time zone. @param {number} now ms @param {string} zone @returns {string} as 2026-11-22 */
export function dayIn(now, zone) {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(now);
  const part = (/** @type {string} */ type) => parts.find((one) => one.type === type)?.value || '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}
