/** Watches that the glass keeps changing, and reloads the page, ever more rarely, when it does not. */

import { erase, read, write } from '../../server/core/web/device/device.js';

const LOOK = 5000;
/** Waits between one self-reload and the next (ms): a page that never recovers must not reload in a circle. */
const LADDER = [0, 60000, 300000, 1800000];
const CALM = 600000;

/**
 * Whether the ladder lets the page reload now: pure.
 * @param {{count: number, at: number}} past reloads so far, and when the last was (wall ms) @param {number} now @returns {boolean}
 */
export function mayReload(past, now) {
  const since = Math.abs(now - past.at);
  return past.count === 0 || since >= LADDER[Math.min(past.count, LADDER.length - 1)];
}

/**
 * @param {{
 *   key: string,
 *   monotonic: () => number,
 *   canReload: () => Promise<boolean>,
 *   reload: () => void,
 *   onError: (text: string) => void,
 *   target: Window,
 * }} parts `key` keeps the count of self-reloads across them
 */
export function createWatchdog(parts) {
  const { key, monotonic } = parts;
  let due = monotonic() + 120000;
  const began = monotonic();
  let checking = false;

  function look() {
    if (monotonic() - began > CALM) erase(key);
    if (monotonic() < due || checking) return;
    checking = true;
    parts.onError('nothing has changed on the glass for too long');
    parts.canReload().then((can) => { checking = false; if (can) climb(); }, () => { checking = false; });
  }

  function climb() {
    const past = remembered(key);
    due = monotonic() + 60000;
    if (!mayReload(past, Date.now())) return;
    write(key, JSON.stringify({ count: past.count + 1, at: Date.now() }));
    parts.reload();
  }

  return {
    start() {
      parts.target.addEventListener('error', (event) => parts.onError(String(event.message || 'a file could not be loaded')));
      parts.target.addEventListener('unhandledrejection', (event) => {
        const reason = /** @type {PromiseRejectionEvent} */ (event).reason;
        parts.onError(String(reason && reason.message || reason));
      });
      setInterval(look, LOOK);
    },
    /** The glass is as it should be, and will next change within `ms`. @param {number} ms */
    progress(ms) {
      due = monotonic() + ms + 60000;
    },
  };
}

/** @param {string} key @returns {{count: number, at: number}} */
function remembered(key) {
  try {
    const past = JSON.parse(read(key) || '{}');
    return { count: Number(past.count) || 0, at: Number(past.at) || 0 };
  } catch (error) {
    return { count: 0, at: 0 };
  }
}
