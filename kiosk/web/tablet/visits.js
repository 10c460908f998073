/** Visits at this tablet: the first touch begins one; a wish, a phone or nobody's touch ends it, and then nothing of it is left. */

import { createIdle } from './visit/idle.js';
import { createSession } from './visit/session.js';
import { t } from '../shared/words.js';

/** What a wipe waits for the sealing at most (ms). */
const SEALING = 2000;
const TOUCHES = ['pointerdown', 'keydown', 'wheel', 'touchmove'];

/**
 * @param {{
 *   store: import('./state.js').Store,
 *   server: import('./server.js').Server,
 *   strongbox: ReturnType<typeof import('./visit/strongbox.js').createStrongbox>,
 *   monotonic: () => number,
 *   changed: () => void,
 *   ended: () => void,
 * }} parts `changed`: other topics may be wanted
 */
export function createVisits({ store, server, strongbox, monotonic, changed, ended }) {
  const state = store.now;
  /** @type {import('./visit/session.js').Session|null} */
  let session = null;
  /** The bag that this visit looks at now: its own, or that which took it up. */
  let bag = '';
  /** The server's document has named this visit. */
  let seen = false;

  const idle = createIdle({
    monotonic, wall: () => Date.now(),
    limits: () => ({ idle: state().kiosk?.idle_seconds || 45, grace: state().kiosk?.grace_seconds || 15 }),
    changed(presence) {
      store.set({ presence });
      if (presence.state === 'over') end('idle');
    },
  });

  /** While it asks, only an answer counts: what is touched then is the question itself. */
  function touched() {
    if (session && state().presence.state === 'here') idle.touch();
  }

  function begin() {
    if (session || state().wiping || !state().kiosk) return;
    session = createSession({
      server, strongbox, over: () => end('phone'),
      changed: () => store.set({ bag: session ? session.contents() : [] }),
      begun() { bag ||= session ? session.bag : ''; changed(); },
      refused: (why) => store.set({ said: '', toast: { words: refusal(why), until: Infinity } }),
    });
    seen = false;
    bag = '';
    store.set({ visiting: true });
    idle.start();
    session.again();
  }

  /** @param {string} why @returns {string} */
  function refusal(why) {
    if (why === 'full') return t('The bag is full: two hundred things. Take something out first.');
    return t('That could not be put into the bag. What was in it is still there.');
  }

  /** Clear the glass: nothing of the shopper stays but what is sealed. @param {string} by */
  async function end(by) {
    if (!session || state().wiping) return;
    const over = session;
    session = null;
    idle.stop();
    over.close();
    ended();
    store.set({ wiping: true, visiting: false });
    const patience = new Promise((resolve) => { setTimeout(resolve, SEALING); });
    await Promise.race([strongbox.settled(), patience]);
    // The page goes without waiting for the answer; one that never comes is made good when the server next tells of this visit.
    server.tell('DELETE', `/api/visits/${over.visit}?by=${by}`, undefined, { keepalive: true }).catch(() => undefined);
    location.replace(location.pathname);
  }

  /** What the server says of the visit here: another's is over. @param {any} doc @param {boolean} fresh */
  function take(doc, fresh) {
    const ours = session && doc.visit?.id === session.visit;
    if (ours) { bag = doc.visit.bag; seen = true; }
    else if (fresh && doc.visit && !session) server.tell('DELETE', `/api/visits/${doc.visit.id}?by=lost`).catch(() => undefined);
    // It was ended elsewhere, or given up as lost while there was no network: the server knows which.
    if (fresh && session && seen && !ours) session.again();
    return { ...doc, visit: ours ? doc.visit : null };
  }

  for (const kind of TOUCHES) window.addEventListener(kind, touched, { capture: true, passive: true });
  document.addEventListener('visibilitychange', () => { if (session) idle.tick(); });

  return {
    begin,
    end,
    take,
    touch: idle.touch,
    session: () => session,
    /** @returns {string|null} the visit, once the server knows of it */
    known: () => (session && session.isKnown() ? session.visit : null),
    /** @returns {string} the topic of the bag, once it may be read */
    topic: () => (session && session.isKnown() && bag ? 'bag:' + bag : ''),
    again() { if (session) session.again(); },
    /** @param {any} doc of a bag @param {import('../../../server/core/web/device/versions.js').Version} version */
    read(doc, version) {
      if (doc.moved) { bag = doc.moved; changed(); } else if (session && doc.bag === bag) session.read(doc, version);
    },
    /** Without a word: the tablet is none any more. */
    close() {
      if (session) session.close();
      session = null;
      idle.stop();
    },
  };
}
