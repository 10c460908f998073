/** Keeps the glass lit, where the browser can. */

/** @param {Window} window */
export function keepAwake(window) {
  const { document, navigator } = window;
  const lock = /** @type {any} */ (navigator).wakeLock; // floor: guarded
  const ask = () => { if (lock && !document.hidden) lock.request('screen').catch(() => undefined); };
  ask();
  // A page that was hidden has lost its lock.
  document.addEventListener('visibilitychange', ask);
}
