/** The player in a frame: the loop that this tablet plays while nobody is there. It is shown only once it plays, and taken away at the first touch,
 * since what nobody sees is no play. */

import { remember, tokenOf } from '../../../server/core/web/device/device.js';

const LOOK = 1000;
const LOST = 30000;

/** @param {{server: import('./server.js').Server}} parts */
export function createLoop({ server }) {
  /** @type {HTMLIFrameElement|null} */
  let frame = null;
  /** @type {any} */
  let timer = null;
  /** @type {Element|null} */
  let where = null;
  /** @type {string|null} */
  let wanted = null;

  /** Play in this place; said again, it plays on. @param {Element} place @param {string|null} screen id */
  async function play(place, screen) {
    if (place === where && screen === wanted) return;
    stop();
    where = place;
    wanted = screen;
    if (!screen || !(await known(screen))) return;
    if (where !== place || wanted !== screen) return;
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
    if (!frame || !isLost(frame)) return;
    clearTimeout(timer);
    timer = setTimeout(again, LOST);
  }

  /** Its token is no longer good, as after another browser became this tablet: it gets a new one. */
  function again() {
    const place = where;
    const screen = wanted;
    stop();
    if (place) play(place, screen);
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
    where = wanted = null;
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

/** @param {HTMLIFrameElement} frame @returns {boolean} whether it shows the page of a screen that nobody has paired */
function isLost(frame) {
  try {
    return frame.contentWindow?.location.pathname === '/screen';
  } catch {
    return false;
  }
}
