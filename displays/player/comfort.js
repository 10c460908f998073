/** Asks the browser for what a screen on a wall needs: to stay awake, to keep its storage, to fill the glass. None of it is needed to play. */

import { keepAwake } from '../../server/core/web/device/awake.js';

/** @param {Window} window */
export function settleIn(window) {
  const { document, navigator } = window;
  const storage = /** @type {any} */ (navigator).storage;
  if (storage && storage.persist) storage.persist().catch(() => undefined);
  keepAwake(window);
  // Browsers allow full screen only on a gesture.
  document.addEventListener('click', () => fill(document));
  document.addEventListener('keydown', (event) => { if (event.key === 'f') fill(document); });
}

/** @param {any} document */
function fill(document) {
  const root = document.documentElement;
  if (document.fullscreenElement || document.webkitFullscreenElement) return; // floor: guarded
  const ask = root.requestFullscreen || root.webkitRequestFullscreen; // floor: guarded
  const asked = ask && ask.call(root);
  if (asked && asked.catch) asked.catch(() => undefined);
}
