/** Brings the store's range to the tablet, a page at a time, and keeps it there: a new one replaces the old when it is whole. */

import { openDatabase } from '../../../../server/core/web/device/database.js';

/** @typedef {import('./shelf.js').Item} Item */
/** @typedef {{version: string, etag: string, store: string, pages: string[], total: number, bounded: boolean, at: number}} Catalogue at: ms, when it was
 * last known to be so */

/** Variants that a tablet keeps: no more, whatever it is told. */
export const MOST = 5000;
const A_PAGE = 500;
const PATIENCE = 30000;

/** @param {string} kiosk @param {IDBFactory|undefined} factory */
export function openRange(kiosk, factory) {
  return openDatabase('vitrine-range:' + kiosk, ['meta', 'pages'], factory);
}

/**
 * @param {{
 *   db: import('../../../../server/core/web/device/database.js').Database,
 *   ask: (path: string, options?: RequestInit) => Promise<Response>,
 *   now: () => number,
 *   changed: (items: Item[], catalogue: Catalogue) => void,
 * }} parts `ask` asks the server as this tablet
 */
export function createKeeping({ db, ask, now, changed }) {
  /** @type {Catalogue|null} */
  let held = null;
  /** @type {Promise<boolean>|null} */
  let fetching = null;

  /** @returns {Promise<boolean>} whether a range was on the device */
  async function load() {
    const catalogue = /** @type {Catalogue|undefined} */ (await db.get('meta', 'catalogue').catch(() => undefined));
    if (!catalogue) return false;
    const pages = await Promise.all(catalogue.pages.map((page) => db.get('pages', page)));
    if (!pages.every(Boolean)) return false;
    held = catalogue;
    changed(pages.flat(), catalogue);
    return true;
  }

  /** @param {string} store whose range it shall be @returns {Promise<boolean>} whether the range is known to be so now */
  function refresh(store) {
    fetching ||= bring(store).catch(() => false).finally(() => { fetching = null; });
    return fetching;
  }

  /** @param {string} store */
  async function bring(store) {
    const known = held && held.store === store ? held : null;
    const headers = known ? { 'If-None-Match': known.etag } : undefined;
    const first = await ask(`/api/range?size=${A_PAGE}`, { headers, signal: AbortSignal.timeout(PATIENCE) });
    if (first.status === 304 && known) return confirm(known);
    if (!first.ok) return false;
    return replace(store, first.headers.get('ETag') || '', await first.json());
  }

  /** @param {Catalogue} known */
  async function confirm(known) {
    held = { ...known, at: now() };
    await db.put('meta', 'catalogue', held).catch(() => undefined);
    return true;
  }

  /** @param {string} store @param {string} etag @param {any} first */
  async function replace(store, etag, first) {
    const pages = [first.items];
    // Whoever stands before a tablet that has none yet sees the first page at once.
    if (!held) changed(first.items, { version: '', etag: '', store, pages: [], total: first.total, bounded: first.bounded, at: now() });
    for (let page = first; page.next && pages.length * A_PAGE < MOST;) {
      page = await pageAfter(page.next);
      // The range has changed between two pages: half of one and half of another is none.
      if (page.version !== first.version) return false;
      pages.push(page.items);
    }
    const names = pages.map((_, index) => `${first.version}:${index}`);
    held = { version: first.version, etag, store, pages: names, total: first.total, bounded: first.bounded, at: now() };
    await write(pages, held).catch(() => undefined);
    changed(pages.flat().slice(0, MOST), held);
    return true;
  }

  /** @param {string} after @returns {Promise<any>} */
  async function pageAfter(after) {
    const answer = await ask(`/api/range?size=${A_PAGE}&after=${encodeURIComponent(after)}`, { signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error('the range answered ' + answer.status);
    return answer.json();
  }

  /** @param {Item[][]} pages @param {Catalogue} catalogue */
  async function write(pages, catalogue) {
    const before = /** @type {Catalogue|undefined} */ (await db.get('meta', 'catalogue'));
    for (const [index, items] of pages.entries()) await db.put('pages', catalogue.pages[index], items);
    await db.put('meta', 'catalogue', catalogue);
    const old = (before?.pages || []).filter((page) => !catalogue.pages.includes(page));
    if (old.length) await db.remove('pages', old);
  }

  return {
    load,
    refresh,
    /** @returns {Catalogue|null} */
    catalogue: () => held,
  };
}
