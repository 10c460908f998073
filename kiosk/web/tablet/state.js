/** What the glass shows, in one place, and how it is drawn anew when that changes. It lives in memory alone: a new page has none of it. */

import { ANYTHING, createShelf } from './range/shelf.js';

/**
 * @typedef {import('./range/shelf.js').Item} Item
 * @typedef {'home'|'product'|'compare'|'bag'} ViewName
 * @typedef {{name: ViewName, id?: string, scroll?: number}} View
 * @typedef {{words: string, undo?: () => void, until: number}} Toast
 * @typedef {{phase: 'fetching'|'shown'|'offline'|'failed', svg: string, until: number, address?: string}} Code until: on the monotonic clock; address: where the code leads
 * @typedef {{item: Item, shades: Item[], sizes: Item[], stock: any[], goes_with: any[], next_to?: any[], said: any[], alike?: any[], trends: any[], old?: boolean}} Detail old: to be asked for again
 * @typedef {object} State
 * @property {any} kiosk the tablet's document
 * @property {boolean} online
 * @property {boolean} visiting
 * @property {View} view @property {View[]} trail what “Back” leads to
 * @property {import('./range/shelf.js').Wish} wish
 * @property {string[]} compared
 * @property {import('./range/shelf.js').Shelf} shelf @property {import('./range/keeping.js').Catalogue|null} catalogue
 * @property {Record<string, Item>} known items that are not in the range
 * @property {Record<string, Detail|'fetching'|'failed'>} details
 * @property {Item[]} further what a search found beyond the range
 * @property {{day: string, items: {item: Item, bags: number}[]}} collected what most shoppers of this store collected on a day of its own
 * @property {import('../shared/bag.js').Item[]} bag newest first
 * @property {boolean} taking whether “Take it with me” is open @property {Code|null} code
 * @property {boolean} calling whether “Ask someone” is open @property {boolean} asked whether the call is on its way
 * @property {Toast|null} toast @property {string} said for screen readers
 * @property {import('./visit/idle.js').Presence} presence
 * @property {boolean} wiping
 */

/** @returns {State} */
export function blank() {
  return {
    kiosk: null, online: false, visiting: false, view: { name: 'home' }, trail: [], wish: ANYTHING, compared: [], shelf: createShelf([]), catalogue: null,
    known: {}, details: {}, further: [], collected: { day: '', items: [] }, bag: [], taking: false, code: null, calling: false, asked: false, toast: null, said: '',
    presence: { state: 'here', left: 0 }, wiping: false,
  };
}

/** @param {() => void} draw */
export function createState(draw) {
  let state = blank();
  let due = false;

  /** Drawn once for all changes of a turn, before the next frame. */
  function soon() {
    if (due) return;
    due = true;
    queueMicrotask(() => { due = false; draw(); });
  }

  return {
    now: () => state,
    /** @param {Partial<State>} change */
    set(change) {
      state = { ...state, ...change };
      soon();
    },
    soon,
  };
}

/** @typedef {ReturnType<typeof createState>} Store */

/** An item wherever it is known from. @param {State} state @param {string} id @returns {Item|undefined} */
export function itemOf(state, id) {
  const detail = state.details[id];
  return state.shelf.get(id) || state.known[id] || (detail && typeof detail === 'object' ? detail.item : undefined);
}

/** The room that the whole glass is in. @param {State} state @returns {string[]|undefined} */
export function roomOf(state) {
  const { view } = state;
  const item = view.name === 'product' && view.id ? itemOf(state, view.id) : undefined;
  return item?.room;
}
