/** The bag on the shopper's phone: live while there is a network, as it was last seen while there is none; what is changed is sent exactly once. */

import { render } from '../../../vendor/lit-html/lit-html.js';
import { applied } from '../shared/bag.js';
import { t } from '../shared/words.js';
import { createActs } from './acts.js';
import { createFollowing } from './following.js';
import { createGoods } from './goods.js';
import { createKept, openBooks } from './kept.js';
import { begin } from './language.js';
import { createOutboxes } from './outboxes.js';
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
  /** @type {ReturnType<typeof open>|null} */
  let opened = null;
  const [db] = await Promise.all([openBooks(), begin(() => opened?.changed())]);
  const kept = createKept(db);
  const bag = open(kept, await kept.read());
  opened = bag;
  bag.restore(await kept.unsent());
  setInterval(bag.refresh, REFRESH);
  window.addEventListener('online', () => bag.hurry());
  window.addEventListener('offline', () => bag.missed());
  document.addEventListener('visibilitychange', () => { if (!document.hidden) { bag.hurry(); bag.refresh(); } });
  if (navigator.serviceWorker) navigator.serviceWorker.register(`/bag/worker.js?shell=${root.dataset.shell}`, { scope: '/bag' }).catch(() => undefined);
}

/**
 * The bag as it was last seen, and from then on as it is.
 * @param {ReturnType<typeof createKept>} kept @param {any} saved what an earlier page wrote
 */
function open(kept, saved) {
  /** @type {import('./following.js').BagDoc|null} */
  let doc = saved ? saved.doc : null;
  /** @type {import('./following.js').Version|null} */
  let version = saved ? saved.version : null;
  let asked = false;
  const known = learned(saved, changed);
  const { goods, where, shares, places } = known;
  const toasts = createToasts({ changed });
  /** @type {World} */
  const world = {
    phase: doc ? 'bag' : 'starting', why: '', online: true, customer: Boolean(doc && doc.customer), items: [], tablets: [], waiting: 0,
    asOf: saved ? saved.asOf : 0, open: '', clearing: '', goods, where, shares, toasts,
  };
  const outboxes = createOutboxes({ send: sendTo, changed, keep: kept.keep, refused: (bag, why) => toasts.say(refusal(why, bag === following.bag())) });
  const following = createFollowing({ id: saved ? saved.bag : null, version, shows, none, owned: (customer) => { world.customer = customer; }, heard });
  const acts = createActs({ world, put, check: () => following.check(), changed, place: places.of });

  // -- what the server says ---------------------------------------------------------------------------------------

  /** @param {import('./following.js').BagDoc} next @param {import('./following.js').Version} at */
  function shows(next, at) {
    doc = next;
    version = at;
    Object.assign(world, { phase: 'bag', customer: next.customer, asOf: Date.now() });
    outboxes.seen(next.bag, at);
    refresh();
    changed();
  }

  /** @param {import('./following.js').Loss} why */
  function none(why) {
    doc = null;
    // What was done to it was for it alone, and is not for the next one.
    outboxes.close();
    toasts.clear();
    Object.assign(world, { phase: 'none', why, asOf: 0 });
    kept.forget();
    show([]);
    changed();
  }

  /** @param {boolean} online */
  function heard(online) {
    world.online = online;
    if (online) { following.check(); outboxes.flush(); }
    if (!online && world.phase === 'starting') world.phase = 'none';
    changed();
  }

  /** @param {import('../shared/bag.js').Operation} operation */
  function put(operation) {
    const bag = following.bag();
    if (bag) outboxes.put(bag, operation);
  }

  // -- what is known of things ------------------------------------------------------------------------------------

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

  // -- what is seen -----------------------------------------------------------------------------------------------

  function changed() {
    if (asked) return;
    asked = true;
    queueMicrotask(() => { asked = false; draw(); });
  }

  function draw() {
    world.items = doc ? applied(doc.items, outboxes.pending(following.bags())) : [];
    world.tablets = doc ? doc.tablets : [];
    world.waiting = outboxes.waiting();
    document.title = `${t('Your bag')} · ${root.dataset.house}`;
    page.classList.toggle('middle', world.phase === 'none');
    render(view(world, acts), page);
    if (variants().some((id) => !goods.of(id))) refresh();
    write();
  }

  return {
    changed, refresh,
    hurry: following.hurry,
    missed: following.missed,
    /** Begin with what was not sent. @param {import('./outboxes.js').Row[]} left */
    restore(left) {
      outboxes.restore(left.map(({ bag, operation }) => ({ bag: bag || saved?.bag, operation })).filter(({ bag }) => bag));
      changed();
      following.check();
    },
  };
}

/** What the page learns of things, stores, links and places, beginning with what an earlier one knew. @param {any} saved @param {() => void} changed */
function learned(saved, changed) {
  const parts = { changed };
  const known = { goods: createGoods(parts), where: createWhereabouts(parts), shares: createShares(parts), places: createPlaces(parts) };
  if (saved) for (const [name, part] of Object.entries(known)) part.restore(saved[name]);
  return known;
}

/** @param {string} why @param {boolean} here whether it was done in the bag that is open @returns {string} */
function refusal(why, here) {
  if (why === 'full') return t('Your bag is full: it holds 200 things. Remove one first.');
  return here ? t('That could not be kept. Your bag is as you see it.') : t('What you changed in a bag that you had before is not in this one: that bag is no longer yours.');
}

/** @param {string} bag @param {import('../shared/bag.js').Operation[]} operations @param {AbortSignal} signal */
function sendTo(bag, operations, signal) {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  return fetch(`/api/bags/${bag}/operations`, { method: 'POST', headers, body: JSON.stringify({ operations }), signal });
}
