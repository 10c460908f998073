/** What the screens are called on which things of the bag were seen. */

import { ask } from './ask.js';

/** @param {{changed: () => void}} parts */
export function createPlaces(parts) {
  /** By screen; empty for one that nobody knows any more, so that it is not asked for again. @type {Object<string, string>} */
  let names = {};

  /** @param {import('../shared/bag.js').Item[]} items @returns {Promise<void>} */
  async function learn(items) {
    const screens = items.flatMap(({ seen }) => (seen && seen.screen) || []);
    if (screens.every((screen) => screen in names)) return;
    const { status, body } = await ask('GET', '/api/bag/places');
    if (status !== 200) return;
    names = { ...Object.fromEntries(screens.map((screen) => [screen, ''])), ...body.places };
    parts.changed();
  }

  return {
    learn,
    /** @param {string} screen @returns {string} empty where it is not known */
    of: (screen) => names[screen] || '',
    kept: () => names,
    /** @param {Object<string, string>} kept */
    restore(kept) { names = kept; },
  };
}
