/** The page of a tablet: opens what it kept, shows it at once, and then keeps in step with the server. */

import { createActs } from './acts.js';
import { createCounts, dayIn } from './counts.js';
import { createCode } from './visit/code.js';
import { createFinding } from './finding.js';
import { createGlass } from './glass.js';
import { createKeeping, openRange } from './range/keeping.js';
import { createPacing } from './range/pacing.js';
import { TALK, createLine } from './line.js';
import { createLoop } from './loop.js';
import { createPictures, mediaUrl } from './range/pictures.js';
import { createServer } from './server.js';
import { createShelf } from './range/shelf.js';
import { createShell } from '../../../server/core/web/device/shell.js';
import { createState } from './state.js';
import { createStrongbox, STORE } from './visit/strongbox.js';
import { createTelling } from './telling.js';
import { createVisits } from './visits.js';
import { forget, remember, tokenOf } from '../../../server/core/web/device/device.js';
import { insecure } from './views/insecure.js';
import { keepAwake } from '../../../server/core/web/device/awake.js';
import { listen } from './scanner.js';
import { openDatabase } from '../../../server/core/web/device/database.js';
import { seal } from './visit/seal.js';
import { speak } from '../shared/words.js';
import { uuid } from '../shared/ids.js';

/** @typedef {import('../../../server/core/web/device/database.js').Database} Database */

const SECOND = 1000;
const TALLY = 60 * SECOND;

const page = document.documentElement;
const base = page.dataset.static || '';
const version = page.dataset.shell || '';
const id = decodeURIComponent(location.pathname.split('/')[2] || '');
const monotonic = () => performance.now();

start();

async function start() {
  history.scrollRestoration = 'manual';
  if (!window.crypto.subtle) { insecure(base); return; }
  const token = await tokenOf(id);
  if (!token) { location.replace('/kiosk?new'); return; }
  // Also writes the token down again where only one of its two books still had it.
  remember('kiosk', id, token);
  const [db, sealed] = await Promise.all([openRange(id, window.indexedDB), openDatabase('vitrine-sealed:' + id, [STORE], window.indexedDB)]);
  navigator.storage?.persist?.().catch(() => undefined);
  keepAwake(window);
  await serve(token, db, sealed);
}

/** @param {string} token @param {Database} db @param {Database} boxes */
async function serve(token, db, boxes) {
  const root = /** @type {HTMLElement} */ (document.getElementById('app'));
  const store = createState(() => glass.draw());
  const state = store.now;
  const server = createServer({ token, refused });
  const loop = createLoop({ server });
  const pictures = createPictures({ caches: window.caches, name: 'vitrine-range:' + id, fetch: fetch.bind(window) });
  const keeping = createKeeping({ db, ask: server.ask, now: () => line.now(), changed: ranged });
  const pacing = createPacing({ ask: refresh, may: () => state().online && !state().visiting });
  const strongbox = createStrongbox({
    db: boxes, sealed: async (content) => seal(await sealingKey(), content, id), changed: () => telling.tell(),
    send: (box, signal) => server.tell('POST', '/api/sealed', box, { signal }),
  });
  const shell = createShell({
    place: '/kiosk', digest: version, container: navigator.serviceWorker, fetch: fetch.bind(window),
    free, reload: () => location.reload(),
  });
  const finding = createFinding({ store, server });
  const counts = createCounts({
    db, id: uuid, day: () => (state().kiosk ? dayIn(line.now(), state().kiosk.store.time_zone) : ''),
    send: (batch) => server.tell('POST', '/api/counts', batch),
  });
  const visits = createVisits({ store, server, strongbox, monotonic, changed: () => line.sync(), ended: () => line.stop() });
  const code = createCode({
    server, monotonic, visit: visits.known, show: (shown) => store.set({ code: shown }),
    looked: () => state().taking && ['shown', 'refused', undefined].includes(state().kiosk.visit?.ticket?.state),
  });
  const act = createActs({
    store, session: visits.session, base, monotonic, begin: visits.begin, end: visits.end, stay: visits.touch, code, finding, server, count: counts.count, view: () => glass.view(),
  });
  const line = createLine({ id, token, store, visits, accept, opened, refused });
  const glass = createGlass(root, { store: state, act, clock: { now: line.now, monotonic }, soon: store.soon, drawn });
  const telling = createTelling({ send: line.send, version, unsent: strongbox.waiting, dropped: strongbox.dropped, rangeAt: () => keeping.catalogue()?.at || null, navigator });
  /** The server's count of reloads when this page began. @type {number|null} */
  let reloads = null;
  let commanded = false;
  let gone = false;

  // -- what the server says ---------------------------------------------------------------------------------------

  /** @param {string} topic @param {any} doc @param {import('../../../server/core/web/device/versions.js').Version} at */
  function accept(topic, doc, at) {
    if (topic === 'kiosk:' + id) settings(doc, true);
    else if (topic.startsWith('range:')) moved();
    else if (topic === TALK) finding.renew();
    else visits.read(doc, at);
  }

  /** @param {any} doc @param {boolean} [fresh] from the server, not of the last run */
  function settings(doc, fresh) {
    if (doc.gone) { refused(); return; }
    const first = !state().kiosk;
    const before = state().kiosk?.visit?.ticket?.state;
    const kiosk = visits.take(doc, Boolean(fresh));
    const call = state().kiosk?.visit?.call && !kiosk.visit?.call;
    store.set({ kiosk, ...(call ? { asked: false } : {}) });
    if (first) finding.collected();
    ticketed(before, kiosk.visit?.ticket?.state);
    if (first || (!state().visiting && fresh)) speak(doc.language || 'en', base).then(store.soon);
    if (fresh) { commands(doc); db.put('meta', 'kiosk', { ...doc, visit: null }).catch(() => undefined); }
  }

  /** A phone has asked, was given the bag, or was refused. @param {string|undefined} before @param {string|undefined} now */
  function ticketed(before, now) {
    if (before === now || !now || now === 'shown') return;
    code.stop();
    // Whoever went on looking would not know that their phone has lost the bag.
    if (now === 'asked' || now === 'contested') store.set({ taking: true, calling: false, toast: null });
  }

  /** @param {any} doc */
  function commands(doc) {
    const count = doc.reload || 0;
    commanded ||= reloads != null && count > reloads;
    reloads = Math.max(reloads || 0, count);
    between();
  }

  function opened() {
    refresh();
    sealingKey(true).catch(() => undefined);
    visits.again();
    strongbox.deliver();
    shell.check();
    telling.tell(true);
    finding.again();
    tally();
    if (state().taking && state().code?.phase !== 'shown' && !state().kiosk.visit?.taken_at) code.fetch();
  }

  /** Whoever has none of this store yet cannot wait for it. */
  function moved() {
    if (keeping.catalogue()?.store === state().kiosk?.store.id) pacing.moved();
    else refresh();
  }

  function refresh() {
    if (state().kiosk) keeping.refresh(state().kiosk.store.id).then((known) => { if (known) store.set({ catalogue: keeping.catalogue() }); });
  }

  /** @param {import('./range/shelf.js').Item[]} items @param {import('./range/keeping.js').Catalogue} catalogue */
  function ranged(items, catalogue) {
    store.set({ shelf: createShelf(items), catalogue });
    const logo = state().kiosk?.brand.logo;
    pictures.keep(items, logo ? [mediaUrl(logo)] : []).then(() => telling.tell());
  }

  // -- what is kept -----------------------------------------------------------------------------------------------

  /** @param {boolean} [anew] @returns {Promise<import('./visit/seal.js').SealingKey>} kept, since it is needed when nobody can be asked */
  async function sealingKey(anew) {
    const kept = await db.get('meta', 'sealing-key').catch(() => undefined);
    if (kept && !anew) return kept;
    const key = await server.read('/api/sealing-key');
    await db.put('meta', 'sealing-key', key).catch(() => undefined);
    return key;
  }

  /** The tablet was taken out: nothing of it stays in the browser. */
  function refused() {
    if (gone) return;
    gone = true;
    visits.close();
    line.stop();
    loop.stop();
    pacing.stop();
    pictures.stop();
    strongbox.stop();
    counts.stop();
    store.set({ wiping: true });
    db.close();
    boxes.close();
    const screen = state().kiosk?.screen;
    const leave = () => location.replace('/kiosk?new');
    const erased = ['vitrine-range:' + id, 'vitrine-sealed:' + id].map(erase);
    Promise.all([forget('kiosk', id), screen && forget('screen', screen), pictures.clear(), ...erased]).then(leave, leave);
  }

  // -- between two visits -----------------------------------------------------------------------------------------

  /** Nobody is here, and nothing of whoever was is still being put away. @returns {boolean} */
  function free() {
    return !state().visiting && !state().wiping && !gone;
  }

  /** Whoever asked for a reload gets it, and a new version is taken over, when nobody is there. */
  function between() {
    if (!free() || shell.renew()) return;
    if (commanded) shell.canReload().then((can) => { if (can && free()) location.reload(); });
  }

  /** What was counted here goes to the server, and what was counted in the whole store comes back. */
  function tally() {
    counts.flush().then(finding.collected);
  }

  function drawn() {
    const place = root.querySelector('.player');
    if (place && state().kiosk) loop.play(place, state().kiosk.screen);
    else loop.stop();
    finding.have(state().bag.map((item) => item.variant));
  }

  function tick() {
    line.judge();
    if (!line.trusted()) finding.lapse();
    if (state().taking) store.soon();
    between();
  }

  window.addEventListener('error', (event) => telling.wrong(event.message));
  window.addEventListener('unhandledrejection', (event) => telling.wrong(event.reason));
  window.addEventListener('resize', store.soon);
  window.addEventListener('online', tally);
  window.addEventListener('keydown', (event) => { if (event.key === 'Escape') closeTopmost(); });
  window.addEventListener('contextmenu', (event) => event.preventDefault());
  listen(window, act.scanned);
  const kept = await db.get('meta', 'kiosk').catch(() => undefined);
  if (kept) settings(kept);
  await keeping.load().catch(() => false);
  await strongbox.counted().catch(() => undefined);
  line.start();
  shell.start();
  telling.start();
  setInterval(tick, SECOND);
  setInterval(() => { if (state().online) tally(); }, TALLY);
  pacing.start();
}

/** @param {string} name of a database @returns {Promise<any>} */
function erase(name) {
  return new Promise((resolve) => {
    const request = window.indexedDB && window.indexedDB.deleteDatabase(name);
    if (!request) { resolve(undefined); return; }
    request.onsuccess = request.onerror = request.onblocked = resolve;
  });
}

/** What the cross of the question that stands in front does; one without a cross wants an answer. */
function closeTopmost() {
  const front = [...document.querySelectorAll('.over')].pop();
  /** @type {HTMLElement|null|undefined} */ (front?.querySelector('.sheet-close'))?.click();
}
