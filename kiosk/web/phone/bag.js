/** The bag on the shopper's phone: live while there is a network, as it was last seen while there is none; what is changed is sent exactly once. */

import { render } from '../../../vendor/lit-html/lit-html.js';
import { adding, applied, removing } from '../shared/bag.js';
import { createOutbox } from '../shared/outbox.js';
import { t } from '../shared/words.js';
import { ask } from './ask.js';
import { closeSheet, openSheet } from './dialogs.js';
import { createFollowing } from './following.js';
import { createGoods } from './goods.js';
import { createKept, openBooks } from './kept.js';
import { begin } from './language.js';
import { address, keep as keepPictures, shown } from './pictures.js';
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
/** @typedef {ReturnType<typeof actions>} Acts */

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
  /** @type {Object<string, string>} */
  let places = saved ? saved.places : {};
  const parts = { changed: () => changed() };
  const [goods, where, shares, toasts] = [createGoods(parts), createWhereabouts(parts), createShares(parts), createToasts(parts)];
  if (saved) {
    goods.restore(saved.goods);
    where.restore(saved.where);
    shares.restore(saved.shares);
  }
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
      outbox.seen(version);
      came(version);
      changed();
    },
    none: (why) => {
      doc = null;
      Object.assign(world, { phase: 'none', why, asOf: 0 });
      kept.forget();
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
  const outbox = createOutbox({
    send: (operations, signal) => fetch(`/api/bags/${following.bag()}/operations`, {
      method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body: JSON.stringify({ operations }), signal,
    }),
    changed: () => changed(),
    refused: (_, why) => toasts.say(why === 'full' ? t('Your bag is full: it holds 200 things. Remove one first.') : t('That could not be kept. Your bag is as you see it.')),
    keep: kept.keep,
  });
  const acts = actions({ world, following, outbox, changed: () => changed(), doc: () => doc, place: (screen) => places[screen] || '' });

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
    await Promise.all([goods.refresh(ids, Date.now()), where.refresh(ids, Date.now()), learnPlaces()]);
    write();
    if ('caches' in window) keepPictures(caches, goods.all(ids).flatMap(({ pictures }) => { const one = shown(pictures); return one ? [address(one)] : []; })).catch(() => undefined);
  }

  async function learnPlaces() {
    const screens = (doc ? doc.items : []).flatMap(({ seen }) => (seen && seen.screen) || []);
    if (screens.every((screen) => screen in places)) return;
    const { status, body } = await ask('GET', '/api/bag/places');
    if (status !== 200) return;
    places = { ...Object.fromEntries(screens.map((screen) => [screen, ''])), ...body.places };
    changed();
  }

  /** @returns {string[]} */
  function variants() {
    return world.items.map(({ variant }) => variant);
  }

  function write() {
    const bag = following.bag();
    if (!bag || !doc) return;
    kept.write({ bag, version, doc, asOf: world.asOf, goods: goods.all(variants()), where: where.kept(), shares: shares.kept(), places });
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

/** @param {{world: World, following: ReturnType<typeof createFollowing>, outbox: ReturnType<typeof createOutbox>, changed: () => void,
 *   doc: () => import('./following.js').BagDoc|null, place: (screen: string) => string}} parts */
function actions({ world, outbox, following, changed, place }) {
  const { goods, where, shares, toasts } = world;
  const ids = () => world.items.map(({ variant }) => variant);

  /** @param {Item} item */
  function remove(item) {
    const good = goods.of(item.variant);
    outbox.put(removing(item, Date.now()));
    // Undone, it is where it was: its add says when it was first added.
    toasts.say(t('{name} is out of your bag.', { name: good ? good.colour || good.title : t('It') }), t('Undo'), () => outbox.put(adding(item.variant, Date.parse(item.at), item.seen)));
  }

  /** @param {Tablet} tablet */
  async function clear(tablet) {
    if (!world.online || world.clearing) return;
    world.clearing = tablet.visit;
    changed();
    const { status } = await ask('DELETE', `/api/bag/visits/${tablet.visit}`);
    world.clearing = '';
    toasts.say(status === 204 ? t('The tablet is cleared. Your bag stays here.') : t('The tablet could not be reached just now. Try again, or tap “Done” on it.'));
  }

  async function locate() {
    if (where.trouble() === 'asking' || !(await where.locate())) return;
    closeSheet('where');
    where.refresh(ids(), Date.now());
  }

  /** @param {import('./near.js').Store} store */
  function pick(store) {
    where.choose([store]);
    closeSheet('where');
    where.refresh(ids(), Date.now());
  }

  /** @param {string} variant */
  function toggle(variant) {
    world.open = world.open === variant ? '' : variant;
    changed();
    where.refresh(ids(), Date.now());
  }

  function choose() {
    where.calm();
    where.list();
    openSheet('where');
  }

  return {
    remove, clear, locate, pick, where: choose,
    check: () => following.check(),
    share() {
      shares.load();
      openSheet('share');
    },
    setting: () => ({
      stores: where.chosen(), shelves: where.shelves(), place, online: world.online, now: Date.now(), remove, toggle, where: choose,
    }),
  };
}
