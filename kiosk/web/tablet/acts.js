/** What a touch does: each changes the state at once, and tells the visit what it has to. */

import { t, speak } from '../shared/words.js';
import { fly } from './parts/fly.js';
import { ANYTHING, kindOf } from './range/shelf.js';
import { itemOf } from './state.js';
import { AROUND } from './views/gathered.js';
import { MOST } from './views/compare.js';
import { nameOf } from './views/tile.js';

/** How long something can be undone by the toast (ms). */
const UNDO = 8000;

/**
 * @param {{
 *   store: import('./state.js').Store,
 *   session: () => import('./visit/session.js').Session|null,
 *   base: string,
 *   monotonic: () => number,
 *   begin: () => void,
 *   end: (by: string) => void,
 *   stay: () => void,
 *   code: ReturnType<typeof import('./visit/code.js').createCode>,
 *   finding: ReturnType<typeof import('./finding.js').createFinding>,
 *   server: import('./server.js').Server,
 *   count: ReturnType<typeof import('./counts.js').createCounts>['count'],
 *   view: () => HTMLElement|null,
 * }} parts
 */
export function createActs({ store, session, base, monotonic, begin, end, stay, code, finding, server, count, view }) {
  const state = store.now;
  /** @type {any} */
  let timer = null;

  /** @param {string} words @param {() => void} [undo] */
  function tell(words, undo) {
    clearTimeout(timer);
    store.set({ toast: { words, undo, until: monotonic() + UNDO }, said: words });
    timer = setTimeout(() => store.set({ toast: null }), UNDO);
  }

  /** @param {import('./state.js').View} next */
  function go(next) {
    const now = state();
    const here = { ...now.view, scroll: view()?.scrollTop || 0 };
    store.set({ view: next, trail: [...now.trail, here].slice(-50), said: '' });
    settle(0);
  }

  /** @param {number} top */
  function settle(top) {
    queueMicrotask(() => queueMicrotask(() => {
      const main = view();
      if (!main) return;
      main.scrollTop = top;
      main.focus({ preventScroll: true });
      store.soon();
    }));
  }

  /** @param {string} id */
  function open(id) {
    if (state().view.name === 'product' && state().view.id === id) return;
    go({ name: 'product', id });
    seen(id);
  }

  /** @param {string} id */
  function seen(id) {
    finding.detail(id);
    count('view', id);
  }

  /** @param {string} id @param {Element|null} [from] where its picture is */
  function add(id, from) {
    const item = itemOf(state(), id);
    const now = session();
    if (!item || !now) return;
    fly(from, document.querySelector('.holder'));
    const undo = now.add(id);
    count('bag', id);
    tell(t('{name} is in your bag', { name: nameOf(item) }), undo);
  }

  /** @param {import('../shared/bag.js').Item} held */
  function remove(held) {
    const item = itemOf(state(), held.variant);
    const now = session();
    if (!now) return;
    const undo = now.remove(held);
    tell(item ? t('{name} is out of your bag', { name: nameOf(item) }) : t('It is out of your bag'), undo);
  }

  /** @param {Partial<import('./range/shelf.js').Wish>} wish */
  function look(wish) {
    store.set({ wish: { ...state().wish, ...wish }, further: [] });
    finding.further();
  }

  function home() {
    clearAsking();
    store.set({ wish: ANYTHING, further: [], trail: [], view: { name: 'home' } });
    settle(0);
  }

  function clearAsking() {
    if (state().taking) code.stop();
    store.set({ taking: false, calling: false });
  }

  return {
    begin, tell, open, add, remove, look, home, stay,
    done: () => end('shopper'),
    back() {
      const trail = [...state().trail];
      const last = trail.pop() || { name: /** @type {const} */ ('home') };
      store.set({ view: last, trail });
      settle(last.scroll || 0);
    },
    /** Another shade or size in the same place. @param {string} id */
    turn(id) {
      store.set({ view: { ...state().view, id } });
      seen(id);
    },
    /** @param {string} id @param {Element|null} [from] */
    toggle(id, from) {
      const held = state().bag.find((one) => one.variant === id);
      if (held) remove(held);
      else add(id, from);
    },
    /** @param {string} q */
    search(q) {
      if (state().view.name !== 'home') { go({ name: 'home' }); document.querySelector('input')?.focus(); }
      look({ q: q.slice(0, 80) });
    },
    searched() { /** @type {HTMLElement|null} */ (document.activeElement)?.blur(); },
    /** @param {'type'|'brand'|'family'} by @param {string} name */
    pick(by, name) {
      look({ [by]: state().wish[by] === name ? '' : name });
    },
    /** @param {string} id */
    compare(id) {
      const { compared } = state();
      if (compared.includes(id)) store.set({ compared: compared.filter((one) => one !== id) });
      else if (compared.length < MOST) { store.set({ compared: [...compared, id] }); finding.detail(id); }
      else tell(t('Three can stand side by side. Take one out first.'));
    },
    openCompare() {
      if (state().compared.length > 1) go({ name: 'compare' });
      else { const item = itemOf(state(), state().compared[0]); home(); if (item) look({ type: kindOf(item.type) }); }
    },
    dropCompared: () => store.set({ compared: [] }),
    openBag() {
      if (state().view.name !== 'bag') go({ name: 'bag' });
      for (const one of state().bag.slice(0, AROUND)) finding.detail(one.variant);
    },
    undo() {
      const undo = state().toast?.undo;
      store.set({ toast: null, said: t('Undone') });
      if (undo) undo();
    },
    take() {
      store.set({ taking: true, calling: false, toast: null });
      if (!state().kiosk.visit?.taken_at) code.fetch();
    },
    closeTaking() { code.stop(); store.set({ taking: false }); },
    notMyPhone() {
      const now = session();
      code.stop();
      store.set({ taking: true });
      if (now) server.tell('DELETE', `/api/visits/${now.visit}/tickets`).catch(() => tell(t('That could not be said to the server just now. Try it once more.')));
    },
    ask() {
      const now = session();
      store.set({ calling: true, asked: Boolean(state().online), toast: null });
      if (now && state().online) server.tell('POST', `/api/visits/${now.visit}/call`).then((answer) => { if (!answer.ok) store.set({ asked: false }); }, () => store.set({ asked: false }));
    },
    openCalling: () => store.set({ calling: true }),
    closeCalling: () => store.set({ calling: false }),
    cancelCall() {
      const now = session();
      store.set({ calling: false, asked: false });
      if (now) server.tell('DELETE', `/api/visits/${now.visit}/call`).catch(() => undefined);
    },
    /** @param {string} language */
    speak: (language) => speak(language, base).then(store.soon),
    /** Something was scanned, wherever the shopper is. @param {string} text */
    async scanned(text) {
      if (!state().visiting) begin();
      clearAsking();
      const found = await finding.code(text);
      if (!found.id) { tell(found.words); return; }
      count('scan', found.id);
      open(found.id);
    },
  };
}
