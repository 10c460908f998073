/** The tablet's line to the server: its topics with the versions at hand, the server's time, and whether there is a network at all. */

import { createClock, createSilence } from '../../../server/core/web/device/clock.js';
import { createConnection } from '../../../server/core/web/device/connection.js';

/** @typedef {import('../../../server/core/web/device/versions.js').Version} Version */

/** What was heard by polling counts for so long (ms). */
const HEARD = 12000;
/** What people said stands so long without a word of the server (ms), as on a billboard. */
export const LEASE = 15 * 60 * 1000;
/** Moves when something that people said must not be seen any more. */
export const TALK = 'talk:now';

/**
 * @param {{
 *   id: string, token: string,
 *   store: import('./state.js').Store,
 *   visits: ReturnType<typeof import('./visits.js').createVisits>,
 *   accept: (topic: string, doc: any, version: Version) => void,
 *   opened: () => void,
 *   refused: () => void,
 * }} parts
 */
export function createLine({ id, token, store, visits, accept, opened, refused }) {
  const clock = createClock(() => performance.now(), () => Date.now(), 0);
  /** @type {Record<string, Version>} */
  const versions = {};
  let heardAt = -Infinity;
  const silence = createSilence(() => performance.now(), () => Date.now());

  const connection = createConnection({
    origin: location.origin, token, have, onHeard: heard, onRefused: refused,
    onTopic: ({ topic, version, doc }) => { versions[topic] = version; accept(topic, doc, version); connection.sync(); },
    onOpen() { heard(NaN); opened(); connection.sync(); },
    onClose() { heardAt = -Infinity; judge(); },
    // Its own topic is denied to no tablet that is one: a page of somebody else's on the way must not have it forget everything.
    onDenied(topic) { delete versions[topic]; },
  });

  /** @returns {Record<string, Version|null>} */
  function have() {
    const { kiosk, visiting } = store.now();
    const topics = ['kiosk:' + id, kiosk && kiosk.range, visiting && TALK, visits.topic()].filter(Boolean);
    return Object.fromEntries(topics.map((topic) => [topic, versions[topic] || null]));
  }

  /** @param {number} now ms */
  function heard(now) {
    clock.heard(now);
    silence.broken();
    heardAt = performance.now();
    judge();
  }

  /** Whether the server can be reached, as far as is known. */
  function judge() {
    const online = navigator.onLine !== false && (connection.isOpen() || performance.now() - heardAt < HEARD);
    if (online !== store.now().online) store.set({ online });
  }

  return {
    now: clock.now,
    /** Whether the server was heard within the lease, by this page: else what it withdrew may not be known. */
    trusted: () => silence.lasted() <= LEASE,
    judge,
    send: connection.send,
    sync: connection.sync,
    start() {
      connection.connect();
      window.addEventListener('online', () => { judge(); connection.hurry(); });
      window.addEventListener('offline', judge);
    },
    stop: connection.stop,
  };
}
