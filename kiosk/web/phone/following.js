/** Follows the bag that this browser opens: which one it is, what is in it now, and whether the server is heard. */

import { createConnection } from '../../../server/core/web/device/connection.js';
import { ask } from './ask.js';

/** @typedef {import('../../../server/core/web/device/versions.js').Version} Version */
/** @typedef {{visit: string, kiosk: string, store: string, since: string}} Tablet */
/** @typedef {{bag: string, customer: boolean, items: import('../shared/bag.js').Item[], tablets: Tablet[], phones: number}} BagDoc */
/** @typedef {''|'claimed'|'taken back'|'expired'} Loss why this browser has no bag any more */

/** How often a lost network is looked for. */
const AGAIN = 5000;
const TICK = 1000;

/**
 * @param {{
 *   id: string|null, version: Version|null,
 *   shows: (doc: BagDoc, version: Version) => void,
 *   none: (why: Loss) => void,
 *   owned: (customer: boolean) => void,
 *   heard: (online: boolean) => void,
 * }} parts `id` and `version` are those of the bag that this phone has kept; `shows` is called with every newer state, `none` when this browser opens
 *   no bag, `heard` when the server is heard or missed
 */
export function createFollowing(parts) {
  let { id, version } = parts;
  let online = true;
  let tried = 0;
  /** @type {ReturnType<typeof createConnection>|null} */
  let line = null;

  /** This bag and those that it has taken up since the page began: what was done in them is in it. @type {Set<string>} */
  const bags = new Set(id ? [id] : []);

  const topic = () => `bag:${id}`;

  /** Ask which bag this browser opens. @returns {Promise<void>} */
  async function check() {
    tried = Date.now();
    const { status, body } = await ask('GET', '/api/bag');
    if (status !== 200) { missed(); return; }
    hear();
    parts.owned(body.customer);
    if (!body.bag) { leave(body.lost_because); return; }
    follow(body.bag);
  }

  /** @param {string} next @param {boolean} [on] it has taken up the one before */
  function follow(next, on = false) {
    try { localStorage.setItem('vitrine:has-bag', '1'); } catch { /* Then pages of items do not ask whether they are in it. */ }
    if (next !== id) {
      version = null;
      if (!on) bags.clear();
    }
    bags.add(id = next);
    if (line) { line.sync(); return; }
    line = createConnection({
      origin: location.origin, token: '', as: 'shopper',
      have: () => (id ? { [topic()]: version } : {}),
      onHeard: hear, onOpen: hear, onRefused: check, onDenied: check,
      // Lost is only what does not answer otherwise either: where sockets are blocked, it is polled.
      onClose: () => { if (online) check(); },
      onTopic: (entry) => { if (entry.topic === topic()) take(entry.doc, entry.version); },
    });
    line.connect();
  }

  /** @param {any} doc @param {Version} came */
  function take(doc, came) {
    if (doc.gone) {
      if (doc.moved) follow(doc.moved, true);
      else check();
      return;
    }
    version = came;
    parts.shows(doc, came);
  }

  /** @param {Loss} why */
  function leave(why) {
    id = version = null;
    bags.clear();
    if (line) line.stop();
    line = null;
    parts.none(why);
  }

  function hear() {
    if (online) return;
    parts.heard(online = true);
    // The line may be sitting out a long wait.
    if (line) line.hurry();
  }

  function missed() {
    if (online) parts.heard(online = false);
  }

  setInterval(() => { if (!online && Date.now() - tried > AGAIN) check(); }, TICK);

  return {
    check,
    /** @returns {string|null} */
    bag: () => id,
    bags: () => bags,
    online: () => online,
    missed,
    /** The network is said to be back. */
    hurry() {
      if (line) line.hurry();
      check();
    },
  };
}
