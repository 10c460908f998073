/** The bag on the shopper's phone: live while there is a network, as it was last seen while there is none; what is changed is sent exactly once. */

import { render } from '../../../vendor/lit-html/lit-html.js';
import { applied } from '../shared/bag.js';
import { createOutbox } from '../shared/outbox.js';
import { t } from '../shared/words.js';
import { createActs } from './acts.js';
import { createFollowing } from './following.js';
import { createGoods } from './goods.js';
import { createKept, openBooks } from './kept.js';
import { begin } from './language.js';
import { addresses, keep as keepPictures } from './pictures.js';
import { createPlaces } from './places.js';
import { createShares } from './shares.js';
import { createToasts } from './toasts.js';
import { view } from './view.js';
import { createWhereabouts } from './whereabouts.js';

/** @typedef {import('../shared/bag.js').Item} Item */
/** @typedef {import('./following.js').Tablet} Tablet */
/**
 * @typedef {object} World all that the page shows
 * @property {'starting'|'bag'|'none'} phase @property {import('./following.js').Loss} why @property {boolean} online @property {boolean} customer
 * @property {Item[]} items with what was done here and not sent yet @property {Tablet[]} tablets @property {number} waiting changes that are not sent
 * @property {number} asOf when the server's state came (ms), 0 for never @property {string} open variant whose card is open @property {string} clearing visit
 * @property {ReturnType<typeof createGoods>} goods @property {ReturnType<typeof createWhereabouts>} where
 * @property {ReturnType<typeof createShares>} shares @property {ReturnType<typeof createToasts>} toasts
 */
/** @typedef {ReturnType<typeof createActs>} Acts */

const page = /** @type {HTMLElement} */ (document.getElementById('page'));
const root = document.documentElement;
const REFRESH = 60000;

start();

async function start() {
  const [db] = await Promise.all([openBooks(), begin(() => changed())]);
  const kept = createKept(db);
  const saved = await kept.read();
  /** @type {import('./following.js').BagDoc|null} */
  let doc = saved ? saved.doc : null;
  const parts = { changed: () => changed() };
  const known = { goods: createGoods(parts), where: createWhereabouts(parts), shares: createShares(parts), places: createPlaces(parts) };
  const { goods, where, shares, places } = known;
  const toasts = createToasts(parts);
  if (saved) for (const [name, part] of Object.entries(known)) part.restore(saved[name]);
  /** @type {World} */
  const world = {
    phase: doc ? 'bag' : 'starting', why: '', online: true, customer: Boolean(doc && doc.customer), items: [], tablets: [], waiting: 0,
    asOf: saved ? saved.asOf : 0, open: '', clearing: '', goods, where, shares, toasts,
  };
  let drawn = false;

  const following = createFollowing({
    id: saved ? saved.bag : null, version: saved ? saved.version : null,
    shows: (next, version) => {
      doc = next;
      world.phase = 'bag';
      world.customer = next.customer;
      outbox.seen(next.bag, version);
      came(version);
      changed();
    },
    none: (why) => {
      doc = null;
      // What was done to it was for it alone, and is not for the next one.
      outbox.close();
      outbox = emptyOutbox();
      Object.assign(world, { phase: 'none', why, asOf: 0 });
      kept.forget();
      show([]);
      changed();
    },
    owned: (customer) => { world.customer = customer; },
    heard: (online) => {
      world.online = online;
      if (online) { following.check(); outbox.flush(); }
      if (!online && world.phase === 'starting') world.phase = 'none';
      changed();
    },
  });
  let outbox = emptyOutbox();
  function emptyOutbox() {
    return createOutbox({
      send: (operations, signal) => sendTo(following.bag(), operations, signal), changed: () => changed(), keep: kept.keep,
      refused: (_, why) => toasts.say(why === 'full' ? t('Your bag is full: it holds 200 things. Remove one first.') : t('That could not be kept. Your bag is as you see it.')),
    });
  }
  const acts = createActs({
    world, put: (operation) => outbox.put(operation), check: () => following.check(), changed: () => changed(), place: places.of,
  });

  /** @type {import('./following.js').Version|null} */
  let version = saved ? saved.version : null;
  /** The server's state, just now. @param {import('./following.js').Version} next */
  function came(next) {
    version = next;
    world.asOf = Date.now();
    refresh();
  }

  /** Ask for what is not known yet, or not any more. */
  async function refresh() {
    const ids = variants();
    if (!world.online || document.hidden) return;
    await Promise.all([goods.refresh(ids, Date.now()), where.refresh(ids, Date.now()), places.learn(doc ? doc.items : [])]);
    write();
    show(ids);
  }

  /** Have the pictures of these at hand without a network. @param {string[]} ids */
  function show(ids) {
    if ('caches' in window) keepPictures(caches, addresses(goods.all(ids))).catch(() => undefined);
  }

  /** @returns {string[]} */
  function variants() {
    return world.items.map(({ variant }) => variant);
  }

  function write() {
    const bag = following.bag();
    if (!bag || !doc) return;
    kept.write({ bag, version, doc, asOf: world.asOf, goods: goods.all(variants()), where: where.kept(), shares: shares.kept(), places: places.kept() });
  }

  let asked = false;
  function changed() {
    if (!drawn || asked) return;
    asked = true;
    queueMicrotask(() => {
      asked = false;
      world.items = doc ? applied(doc.items, outbox.pending()) : [];
      world.tablets = doc ? doc.tablets : [];
      world.waiting = outbox.waiting().length;
      document.title = `${t('Your bag')} · ${root.dataset.house}`;
      page.classList.toggle('middle', world.phase === 'none');
      render(view(world, acts), page);
      if (variants().some((id) => !goods.of(id))) refresh();
      write();
    });
  }

  drawn = true;
  outbox.restore(await kept.unsent());
  changed();
  following.check();
  setInterval(refresh, REFRESH);
  window.addEventListener('online', () => following.hurry());
  window.addEventListener('offline', () => following.missed());
  document.addEventListener('visibilitychange', () => { if (!document.hidden) { following.hurry(); refresh(); } });
  if (navigator.serviceWorker) navigator.serviceWorker.register(`/bag/worker.js?shell=${root.dataset.shell}`, { scope: '/bag' }).catch(() => undefined);
}

/** @param {string|null} bag @param {import('../shared/bag.js').Operation[]} operations @param {AbortSignal} signal */
function sendTo(bag, operations, signal) {
  if (!bag) return Promise.reject(new Error('which bag is not known yet'));
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  return fetch(`/api/bags/${bag}/operations`, { method: 'POST', headers, body: JSON.stringify({ operations }), signal });
}
