/** One shopper's visit: its ids and secret, its bag, and what it asks of the server. It is gone with the page. */

import { backoff } from '../../../../server/core/web/device/backoff.js';
import { adding, applied, removing } from '../../shared/bag.js';
import { uuid } from '../../shared/ids.js';
import { createOutbox } from '../../shared/outbox.js';

/** @typedef {import('../../shared/bag.js').Item} Item */

/** The server takes a visit that it has not heard of for a quarter of an hour for over. */
const AGAIN = 60000;

/**
 * @param {{
 *   server: import('../server.js').Server,
 *   strongbox: ReturnType<typeof import('./strongbox.js').createStrongbox>,
 *   changed: () => void,
 *   begun: () => void,
 *   refused: (why: string) => void,
 *   over: () => void,
 * }} parts `changed`: the bag may look different; `begun`: the server knows of the visit, so its bag can be read; `over`: it was ended elsewhere
 */
export function createSession({ server, strongbox, changed, begun, refused, over }) {
  const visit = uuid();
  const bag = uuid();
  const secret = unguessable();
  /** @type {Item[]} */
  let items = [];
  /** @type {Promise<void>|null} */
  let saying = null;
  let known = false;
  let closed = false;
  let failures = 0;
  /** @type {any} */
  let timer = null;

  const outbox = createOutbox({
    send: (operations, signal) => introduced().then(() => server.tell('POST', `/api/bags/${bag}/operations`, { secret, operations }, { signal })),
    changed,
    refused: (_, why) => refused(why),
    keep: (waiting) => strongbox.keep({ visit, bag, secret }, waiting),
  });

  /** @returns {Promise<void>} when the server has heard of this visit */
  function introduced() {
    return known ? Promise.resolve() : say();
  }

  /** Say that somebody is here. @returns {Promise<void>} */
  function say() {
    saying ||= put().finally(() => { saying = null; });
    return saying;
  }

  async function put() {
    clearTimeout(timer);
    try {
      const answer = await server.tell('PUT', `/api/visits/${visit}`, { bag, secret });
      if (!answer.ok) throw new Error('the visit was answered with ' + answer.status);
      const told = await answer.json();
      failures = 0;
      if (closed) return;
      if (told.over) { over(); return; }
      const first = !known;
      known = true;
      if (first) begun();
    } catch (error) {
      failures += 1;
      throw error;
    } finally {
      if (!closed) timer = setTimeout(again, failures ? backoff(failures, { base: 1000, cap: 20000 }) : AGAIN);
    }
  }

  function again() {
    say().then(outbox.flush, () => undefined);
  }

  return {
    visit,
    bag,
    isKnown: () => known,
    again,
    flush: outbox.flush,
    waiting: outbox.waiting,
    /** What is in the bag as it is seen here. @returns {Item[]} */
    contents: () => applied(items, outbox.pending()),
    /** The server's document of the bag, or of that which took it up, is here.
     * @param {{bag: string, items: Item[]}} doc @param {import('../../../../server/core/web/device/versions.js').Version} version */
    read(doc, version) {
      items = doc.items;
      outbox.seen(doc.bag, version);
      changed();
    },
    /** @param {string} variant @param {import('../../shared/bag.js').Seen} [seen] @returns {() => void} takes it back */
    add(variant, seen) {
      const operation = adding(variant, Date.now(), seen);
      outbox.put(operation);
      return () => outbox.put({ id: uuid(), kind: 'remove', adds: [operation.id], made_at: Date.now() });
    },
    /** @param {Item} item as it is seen here @returns {() => void} takes it back */
    remove(item) {
      outbox.put(removing(item, Date.now()));
      return () => outbox.put(adding(item.variant, Date.now(), item.seen));
    },
    /** Nothing more is sent or said from here; what waits is in the strongbox. */
    close() {
      closed = true;
      clearTimeout(timer);
      outbox.close();
    },
  };
}

/** @typedef {ReturnType<typeof createSession>} Session */

/** @returns {string} 256 bits, base64url */
function unguessable() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
