/** The player in a frame: the loop that this tablet plays while nobody is there. It is shown only once it plays, and taken away at the first touch,
 * since what nobody sees is no play. */

import { remember, tokenOf } from '../../../server/core/web/device/device.js';

const LOOK = 1000;

/** @param {{server: import('./server.js').Server}} parts */
export function createLoop({ server }) {
  /** @type {HTMLIFrameElement|null} */
  let frame = null;
  /** @type {any} */
  let timer = null;
  let wanted = '';

  /** Play in this place. @param {Element} place @param {string|null} screen id */
  async function play(place, screen) {
    if (frame && frame.parentElement === place && wanted === screen) return;
    stop();
    wanted = screen || '';
    if (!screen || !(await known(screen)) || wanted !== screen || !place.isConnected) return;
    frame = document.createElement('iframe');
    frame.className = 'player-frame';
    frame.tabIndex = -1;
    frame.setAttribute('aria-hidden', 'true');
    frame.src = '/screen/' + encodeURIComponent(screen);
    place.append(frame);
    look();
  }

  /** Without a network and without a player on the device the frame holds the browser's own page of errors: that is never seen. */
  function look() {
    timer = setTimeout(look, LOOK);
    frame?.classList.toggle('player-plays', isPlayer(frame));
  }

  /** @param {string} screen @returns {Promise<boolean>} whether this browser may be that screen */
  async function known(screen) {
    if (await tokenOf(screen)) return true;
    try {
      const answer = await server.tell('POST', '/api/kiosk/screen');
      const { id, token } = await answer.json();
      if (!answer.ok || id !== screen) return false;
      await remember('screen', id, token);
      return true;
    } catch {
      return false;
    }
  }

  function stop() {
    wanted = '';
    clearTimeout(timer);
    frame?.remove();
    frame = null;
  }

  return { play, stop };
}

/** @param {HTMLIFrameElement} frame */
function isPlayer(frame) {
  try {
    return Boolean(frame.contentDocument?.querySelector('.stage'));
  } catch {
    return false;
  }
}
