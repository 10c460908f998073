/** What the bag's page keeps on the shopper's own phone: the bag as it was last seen, and what has not been sent yet. */

import { inMemory, openDatabase } from '../../../server/core/web/device/database.js';
import { timely } from '../../../server/core/web/device/timely.js';

/** @typedef {import('./outboxes.js').Row} Row */
/** @typedef {import('../../../server/core/web/device/database.js').Database} Database */

const STORES = ['state', 'outbox'];
const PATIENCE = 3000;
const NOW = 'now';

/** @returns {Promise<Database>} in memory where the browser gives nothing else, or does not answer */
export function openBooks() {
  const factory = typeof indexedDB === 'undefined' ? undefined : indexedDB;
  return timely(openDatabase('vitrine-bag', STORES, factory), 'what this phone has kept', PATIENCE).catch(() => inMemory(STORES));
}

/** @param {Database} db */
export function createKept(db) {
  /** Operation id to its key; only what this page has kept or read does it take out again: another window may be at work. @type {Map<string, string>} */
  const keys = new Map();
  let last = 0;
  /** @type {any} */
  let latest = null;
  let writing = false;
  /** @type {Promise<void>} */
  let turn = Promise.resolve();

  /** Later operations have greater keys, so that they come back in their order. */
  function nextKey() {
    last = Math.max(last + 1, Date.now());
    return String(last).padStart(15, '0');
  }

  async function write() {
    if (writing) return;
    writing = true;
    while (latest) {
      const state = latest;
      latest = null;
      await db.put('state', NOW, state).catch(() => undefined);
    }
    writing = false;
  }

  /** @param {Row[]} waiting */
  async function note(waiting) {
    const ids = new Set(waiting.map(({ operation }) => operation.id));
    const done = [...keys].filter(([id]) => !ids.has(id));
    done.forEach(([id]) => keys.delete(id));
    if (done.length) await db.remove('outbox', done.map(([, key]) => key));
    for (const { bag, operation } of waiting) {
      if (keys.has(operation.id)) continue;
      const key = nextKey() + operation.id;
      keys.set(operation.id, key);
      await db.put('outbox', key, { key, bag, operation });
    }
  }

  return {
    /** @returns {Promise<any>} what was written last; undefined where nothing was */
    read: () => db.get('state', NOW).catch(() => undefined),
    /** @param {any} state plain values */
    write(state) {
      latest = state;
      write();
    },
    /** @returns {Promise<Row[]>} what was not sent, in the order in which it was made; an older version of this page kept it without its bag */
    async unsent() {
      const kept = await db.all('outbox').catch(() => []);
      for (const { key, operation } of kept) keys.set(operation.id, key);
      return kept.map(({ bag = '', operation }) => ({ bag, operation }));
    },
    /** @param {Row[]} waiting all that is not sent yet @returns {Promise<void>} */
    keep(waiting) {
      // One after the other: else an earlier call would write down again what a later one took out.
      turn = turn.then(() => note(waiting)).catch(() => undefined);
      return turn;
    },
    /** Forget everything: the bag is not this phone's any more. */
    async forget() {
      latest = null;
      await turn;
      await db.remove('state', [NOW]).catch(() => undefined);
      await db.remove('outbox', [...keys.values()]).catch(() => undefined);
      keys.clear();
    },
  };
}
