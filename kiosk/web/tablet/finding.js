/** Finds items: in the range at once, and at the server what goes beyond it. What it learns is kept for this visit alone. */

import { t } from '../shared/words.js';
import { readCode } from './codes.js';
import { itemOf } from './state.js';

const QUIET = 300;
/** A withdrawn post stands no longer than this (ms), whether the server answers or not. */
const WITHDRAWN = 1000;
const AT_ONCE = 200;

/** @param {{store: import('./state.js').Store, server: import('./server.js').Server}} parts */
export function createFinding({ store, server }) {
  const state = store.now;
  /** @type {any} */
  let timer = null;
  /** Ids that were asked for in vain, so that they are not asked for with every drawing. @type {Set<string>} */
  const asked = new Set();
  let withdrawals = 0;

  /** @param {import('./range/shelf.js').Item[]} items */
  function learn(items) {
    const { known, shelf } = state();
    const fresh = items.filter((item) => !shelf.get(item.id));
    if (fresh.length) store.set({ known: { ...known, ...Object.fromEntries(fresh.map((item) => [item.id, item])) } });
  }

  /** @param {string} id */
  async function detail(id) {
    const told = state().details[id];
    if (told && told !== 'failed' && !(typeof told === 'object' && told.old)) return;
    if (typeof told !== 'object') put(id, 'fetching');
    const found = await fetched(id).catch(() => null);
    const last = state().details[id];
    // What is shown of it without asking again is what nobody can take back.
    put(id, found || (typeof last === 'object' ? silenced(last) : 'failed'));
  }

  /** @param {string} id @returns {Promise<import('./state.js').Detail>} as it is after the last withdrawal */
  async function fetched(id) {
    const mine = withdrawals;
    const found = await server.read(`/api/item?id=${encodeURIComponent(id)}&store=${encodeURIComponent(state().kiosk.store.id)}`);
    if (mine !== withdrawals) return fetched(id);
    const others = [...(found.goes_with || []), ...(found.next_to || []), ...(found.alike || [])].map((/** @type {any} */ one) => one.item);
    learn([found.item, ...(found.shades || []), ...(found.sizes || []), ...others]);
    return found;
  }

  /** Something that was said may be shown no more, and only the server knows what: the page that is open is asked for at once, others when they are
   * opened again. Without an answer all that was said goes. */
  function renew() {
    const { details, view } = state();
    const open = view.name === 'product' ? view.id || '' : '';
    withdrawals += 1;
    const entries = Object.entries(details).map(([id, one]) => [id, typeof one !== 'object' ? one : id === open ? { ...one, old: true } : silenced(one)]);
    store.set({ details: Object.fromEntries(entries) });
    if (typeof details[open] !== 'object') return;
    const shown = state().details[open];
    setTimeout(() => { if (state().details[open] === shown && typeof shown === 'object') put(open, silenced(shown)); }, WITHDRAWN);
    detail(open);
  }

  /** The server was not heard for so long that it may have withdrawn what stands here: all that was said goes. */
  function lapse() {
    const { details } = state();
    const spoken = (/** @type {any} */ one) => typeof one === 'object' && Boolean(one.said?.length || one.alike?.length || one.trends?.length);
    if (!Object.values(details).some(spoken)) return;
    store.set({ details: Object.fromEntries(Object.entries(details).map(([id, one]) => [id, typeof one === 'object' ? silenced(one) : one])) });
  }

  /** The server is heard again: what is open is asked for where it went quiet meanwhile. */
  function again() {
    const { details, view } = state();
    const open = view.name === 'product' ? details[view.id || ''] : undefined;
    if (typeof open === 'object' && open.old) detail(view.id || '');
  }

  /** @param {string} id @param {any} told */
  function put(id, told) {
    store.set({ details: { ...state().details, [id]: told } });
  }

  /** Have these at hand, as a phone may have put something into the bag that this store does not sell. @param {string[]} ids */
  async function have(ids) {
    const missing = ids.filter((id) => !itemOf(state(), id) && !asked.has(id)).slice(0, AT_ONCE);
    if (!missing.length) return;
    missing.forEach((id) => asked.add(id));
    const answer = await server.tell('POST', '/api/items', { ids: missing, store: state().kiosk.store.id }).catch(() => null);
    if (answer && answer.ok) learn((await answer.json()).items);
    else missing.forEach((id) => asked.delete(id));
  }

  /** A store may sell more than a tablet keeps: then the server is asked as well. */
  function further() {
    clearTimeout(timer);
    const { catalogue, wish, online } = state();
    if (!catalogue?.bounded || !online || !wish.q) return;
    timer = setTimeout(async () => {
      const query = new URLSearchParams({ q: wish.q, brand: wish.brand, type: wish.type, colour: wish.family, store: state().kiosk.store.id });
      const found = await server.read('/api/search?' + query).catch(() => null);
      if (!found || state().wish !== wish) return;
      learn(found.items);
      store.set({ further: found.items });
    }, QUIET);
  }

  /** What most shoppers collected here today. Of another day, or without an answer, it stays as it was: the day is told with it. */
  async function collected() {
    const { kiosk, online } = state();
    const found = kiosk && online && (await server.read('/api/collected?store=' + encodeURIComponent(kiosk.store.id)).catch(() => null));
    if (!found) return;
    learn(found.items.map((/** @type {any} */ one) => one.item));
    store.set({ collected: found });
  }

  /** What was scanned. @param {string} text @returns {Promise<{id?: string, words: string}>} words: why it is none of ours */
  async function code(text) {
    const read = readCode(text);
    const here = read.gtin ? state().shelf.byGtin(read.gtin) : read.variant ? state().shelf.get(read.variant) : undefined;
    if (here) return { id: here.id, words: '' };
    if (read.wrong === 'digit') return { words: t('That code was not read right. Please scan it once more.') };
    if (!state().online) return { words: read.wrong ? t('That is no code of an article.') : t('That is not in this store’s range. Ask again when the network is back.') };
    return asking(text);
  }

  /** @param {string} text @returns {Promise<{id?: string, words: string}>} */
  async function asking(text) {
    try {
      const answer = await server.tell('POST', '/api/codes', { code: text });
      if (answer.ok) {
        const { variant } = await answer.json();
        await have([variant]);
        return { id: variant, words: '' };
      }
      if (answer.status === 404) return { words: t('That code is good, but of nothing that is sold here.') };
      if (answer.status === 400) return { words: t('That is no code of an article.') };
    } catch { /* Said below, as for any other trouble. */ }
    return { words: t('That could not be looked up just now. Please scan it once more.') };
  }

  return { detail, renew, lapse, again, have, further, collected, code, learn };
}

/** @param {import('./state.js').Detail} detail @returns {import('./state.js').Detail} to be asked for again, and until then without what people say */
function silenced(detail) {
  return { ...detail, said: [], alike: [], trends: [], old: true };
}
