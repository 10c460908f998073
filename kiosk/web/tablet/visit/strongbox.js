/** Keeps what could not be sent on the tablet, sealed, so that neither a wipe nor a power cut loses it and nobody can read it; hands it in later. */

import { backoff } from '../../../../server/core/web/device/backoff.js';

/** @typedef {import('../../shared/bag.js').Operation} Operation */
/** @typedef {{visit: string, bag: string, secret: string}} Whose */
/** @typedef {{visit: string, count: number, box: import('./seal.js').Box}} Kept */

export const STORE = 'boxes';
/** As many as the server takes in one box. */
const AT_ONCE = 200;
const PATIENCE = 15000;

/**
 * @param {{
 *   db: import('../../../../server/core/web/device/database.js').Database,
 *   sealed: (content: any) => Promise<import('./seal.js').Box>,
 *   send: (box: import('./seal.js').Box, signal: AbortSignal) => Promise<{status: number, json: () => Promise<any>}>,
 *   changed: () => void,
 * }} parts `sealed` rejects while no key is known
 */
export function createStrongbox({ db, sealed, send, changed }) {
  /** Writes come one after the other; of those that wait only the last is done. @type {Promise<any>} */
  let writing = Promise.resolve();
  let newest = 0;
  let waiting = 0;
  let dropped = 0;
  let failures = 0;
  let current = '';
  let busy = false;
  /** @type {any} */
  let again = null;

  /** What a visit has not sent yet is this, and nothing else. @param {Whose} whose @param {Operation[]} operations @returns {Promise<void>} */
  function keep(whose, operations) {
    const turn = ++newest;
    current = whose.visit;
    // One that failed, as while no key was known, keeps no later one from the disk.
    writing = writing.catch(() => undefined).then(() => (turn === newest ? write(whose, operations) : undefined)).then(counted);
    return writing;
  }

  /** @param {Whose} whose @param {Operation[]} operations */
  async function write(whose, operations) {
    /** @type {string[]} */
    const wanted = [];
    for (let at = 0; at < operations.length; at += AT_ONCE) {
      const some = operations.slice(at, at + AT_ONCE);
      const box = await sealed({ ...whose, operations: some });
      const key = `${whose.visit}.${wanted.length}`;
      await db.put(STORE, key, { key, visit: whose.visit, count: some.length, box });
      wanted.push(key);
    }
    const old = (await db.all(STORE)).filter((kept) => kept.visit === whose.visit && !wanted.includes(kept.key));
    if (old.length) await db.remove(STORE, old.map((kept) => kept.key));
  }

  async function counted() {
    const all = await db.all(STORE);
    waiting = all.reduce((total, kept) => total + kept.count, 0);
    changed();
  }

  /** Hand in what earlier visits left; the one that goes on sends its own. @returns {Promise<void>} */
  async function deliver() {
    if (busy) return;
    busy = true;
    clearTimeout(again);
    const done = await each().catch(() => false);
    busy = false;
    await counted().catch(() => undefined);
    failures = done ? 0 : failures + 1;
    if (!done) again = setTimeout(deliver, backoff(failures, { base: 1000, cap: 60000 }));
  }

  /** @returns {Promise<boolean>} whether nothing is left to hand in */
  async function each() {
    const left = (await db.all(STORE)).filter((kept) => kept.visit !== current);
    for (const { key, box, count } of left) {
      const answer = await send(box, AbortSignal.timeout(PATIENCE));
      const { status } = answer;
      // What the server will never take is of no use to anybody: it is counted and thrown away.
      const hopeless = status >= 400 && status < 500 && ![401, 408, 425, 429].includes(status);
      if (status !== 200 && !hopeless) return false;
      if (hopeless) dropped += count;
      // One that did not fit, or was of nothing that is sold, is lost too: it is counted, so that the console can say so.
      else dropped += (await answer.json()).outcomes.filter((/** @type {{kept: boolean}} */ one) => !one.kept).length;
      await db.remove(STORE, [key]);
    }
    return true;
  }

  return {
    keep,
    deliver,
    counted,
    /** @returns {Promise<any>} when everything that was to be kept is on the disk */
    settled: () => writing.catch(() => undefined),
    /** Operations on this tablet that the server does not have. */
    waiting: () => waiting,
    /** Operations that the server refused for good. */
    dropped: () => dropped,
    stop() { clearTimeout(again); },
  };
}
