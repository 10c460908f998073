/** The stores that the shopper wants to know about: one that was picked, or those round the corner; and what they have. */

import { ask } from './ask.js';
import { nearest } from './near.js';

/** @typedef {import('./near.js').Store} Store */
/** @typedef {import('./near.js').Placed} Placed */
/** @typedef {''|'asking'|'denied'|'unknown'|'far'} Trouble with the position */

const NEAR = 5;
const OLD = 2 * 60000;
/** Beyond it no store is round any corner. */
const FAR = 100000;
const PATIENCE = 20000;

/** @param {{changed: () => void}} parts */
export function createWhereabouts(parts) {
  /** All of them, once asked for. @type {Store[]} */
  let all = [];
  /** Those whose stock is told. @type {Placed[]} */
  let chosen = [];
  /** @type {import('./stock.js').Shelves} */
  let shelves = {};
  /** @type {Trouble} */
  let trouble = '';

  /** @returns {Promise<boolean>} whether the list of stores is here */
  async function list() {
    if (all.length) return true;
    const { status, body } = await ask('GET', '/api/stores');
    if (status === 200) all = body.stores;
    parts.changed();
    return all.length > 0;
  }

  /** Ask the phone where it is; only ever after a tap. @returns {Promise<boolean>} whether stores were found */
  async function locate() {
    say('asking');
    if (!(await list())) return say('unknown');
    const here = await position();
    if (typeof here === 'string') return say(here);
    const near = nearest(all, here, NEAR).filter(({ metres }) => Number(metres) < FAR);
    if (!near.length) return say('far');
    choose(near);
    return true;
  }

  /** @param {Trouble} next */
  function say(next) {
    trouble = next;
    parts.changed();
    return false;
  }

  /** @param {Placed[]} stores */
  function choose(stores) {
    chosen = stores;
    trouble = '';
    parts.changed();
  }

  /** What the chosen stores have of these. @param {string[]} ids @param {number} now ms @returns {Promise<void>} */
  async function refresh(ids, now) {
    const asked = chosen.filter(({ id }) => !fresh(id, ids, now));
    if (!ids.length || !asked.length) return;
    await Promise.all(asked.map(({ id }) => stockOf(id, ids, now)));
    parts.changed();
  }

  /** @param {string} store @param {string[]} ids @param {number} now */
  function fresh(store, ids, now) {
    const shelf = shelves[store];
    return Boolean(shelf) && now - shelf.at < OLD && ids.every((id) => id in shelf.stock || shelf.asked.includes(id));
  }

  /** @param {string} store @param {string[]} ids @param {number} now */
  async function stockOf(store, ids, now) {
    const { status, body } = await ask('POST', `/api/stores/${encodeURIComponent(store)}/stock`, { ids });
    if (status === 200) shelves = { ...shelves, [store]: { at: now, asked: ids, stock: body.stock } };
  }

  return {
    list, locate, choose, refresh,
    all: () => all,
    chosen: () => chosen,
    shelves: () => shelves,
    trouble: () => trouble,
    calm() { trouble = ''; },
    /** What is kept on the phone: stores and what they had, never a position. */
    kept: () => ({ chosen, shelves: Object.fromEntries(chosen.flatMap(({ id }) => (shelves[id] ? [[id, shelves[id]]] : []))) }),
    /** @param {any} kept */
    restore(kept) { ({ chosen, shelves } = kept); },
  };
}

/** @returns {Promise<import('./near.js').Position|'denied'|'unknown'>} */
function position() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) { resolve('unknown'); return; }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ latitude: coords.latitude, longitude: coords.longitude }),
      ({ code }) => resolve(code === 1 ? 'denied' : 'unknown'),
      { maximumAge: 60000, timeout: PATIENCE },
    );
  });
}
