/** The page of a screen: opens what it kept, starts to play at once, and then keeps in step with the server. */

import { createClock, createSilence } from '../../server/core/web/device/clock.js';
import { createConnection } from '../../server/core/web/device/connection.js';
import { SCREEN, awaitsLoop, createDocuments } from './documents.js';
import { createJournal, uuidFrom } from './journal.js';
import { addressesOf, codeUrl, createMedia, mediaUrl } from './media.js';
import { createReports } from './reports.js';
import { createShell } from '../../server/core/web/device/shell.js';
import { createShowing } from './showing.js';
import { createWatchdog } from './watchdog.js';
import { furnish } from './glass.js';
import { forget, remember, tokenOf } from '../../server/core/web/device/device.js';
import { needed } from './topics.js';
import { openDatabase } from '../../server/core/web/device/database.js';
import { settleIn } from './comfort.js';

/** @typedef {import('../../server/core/web/device/versions.js').Entry} Entry */

const LEASE = 900;
/** How long the slate may stand before it is asked whether it should (ms). */
const SLATE = 600000;
const UPLOAD = 20000;
const SIGN_OF_LIFE = 5000;

const page = document.documentElement;
const id = decodeURIComponent(location.pathname.split('/')[2] || '');
const monotonic = () => performance.now();
const wall = () => Date.now();

tokenOf(id).then((token) => {
  if (!token) { location.replace('/screen?new'); return; }
  // Also writes the token down again where only one of the two books still had it.
  remember('screen', id, token);
  settleIn(window);
  openDatabase('vitrine:' + id, SCREEN, window.indexedDB).then((db) => play(db, token));
});

/** @param {import('../../server/core/web/device/database.js').Database} db @param {string} bearer */
function play(db, bearer) {
  db.get('meta', 'skew').catch(() => 0).then((skew) => start(db, bearer, Number(skew) || 0));
}

/** @param {import('../../server/core/web/device/database.js').Database} db @param {string} bearer @param {number} skew */
function start(db, bearer, skew) {
  const clock = createClock(monotonic, wall, skew);
  const silence = createSilence(monotonic, wall);
  const documents = createDocuments(id, db);
  const media = createMedia({ caches: window.caches, name: 'vitrine:' + id + ':media', fetch: fetch.bind(window) });
  const fonts = page.getAttribute('data-static') + '/vendor/fonts/';
  const glass = furnish(document, {
    world: () => showing.world(), now: clock.now, media, code: (spot) => codeUrl(id, spot), addresses: (spot) => addressesOf(spot, fonts),
  });
  const shell = createShell({
    place: '/screen', digest: page.getAttribute('data-shell') || '', container: navigator.serviceWorker, fetch: fetch.bind(window),
    free: () => true, reload,
  });
  const watchdog = createWatchdog({
    key: 'vitrine:' + id + ':reloads', monotonic, canReload: shell.canReload, reload, target: window,
    onError: (text) => reports.error(text),
  });
  const journal = createJournal({ db, send: sendPlays(bearer, refused), clock, uuid: () => uuidFrom(window.crypto) });
  const connection = createConnection({
    origin: location.origin, token: bearer, have: () => documents.have(showing.world()), onHeard: heard, onTopic: accept,
    onOpen: resumed, onRefused: refused, onDenied: denied,
  });
  const reports = createReports({ send: connection.send, now: clock.now, size: glass.stage.size });
  const showing = createShowing({
    stage: glass.stage,
    makeShelf: glass.shelf,
    now: clock.now,
    trusted: (world) => silence.lasted() <= leaseOf(world) * 1000,
    fill: glass.fill,
    journal,
    onShowing: (spot, error) => {
      reports.showing(spot, error);
      watchdog.progress(spot ? spot.seconds * 1000 : SLATE);
    },
    onStill: () => watchdog.progress(SLATE),
    onReady: (spot) => reports.ready(spot),
    onSettled: (world) => needed(id, world).forEach((topic) => reports.applied(documents.get(topic))),
    atBoundary: () => shell.renew() || commanded,
    onFault: (error) => reports.error(String(error && error.message || error)),
  });
  /** The server's count of reloads when this page began. @type {number|null} */
  let reloads = null;
  let commanded = false;
  let gone = false;

  /** @param {number} now */
  function heard(now) {
    const first = silence.lasted() === Infinity;
    clock.heard(now);
    // A loop that plays on until another is here may do so for one lease: nothing that is heard says that it is still right.
    if (!awaitsLoop(showing.world())) silence.broken();
    if (first) showing.tick();
  }

  /** @param {Entry} entry */
  function accept(entry) {
    const kept = documents.keep(entry);
    reports.received(entry);
    take(entry);
    documents.prune(showing.world());
    if (entry.topic.indexOf('screen:') === 0 && entry.doc.gone) { refused(); return; }
    if (commanded) kept.then(leave);
    connection.sync();
    shed();
  }

  /** @param {Entry} entry from the server or of the last run */
  function take(entry) {
    if (entry.topic === 'screen:' + id && !entry.doc.gone) settings(entry.doc);
    showing.absorb(entry.topic, entry.doc);
  }

  /** @param {import('./types.js').ScreenDoc} screen */
  function settings(screen) {
    const count = screen.reload || 0;
    commanded = commanded || (reloads != null && count > reloads);
    reloads = reloads == null ? count : Math.max(reloads, count);
    page.lang = screen.language || 'en';
    glass.slate(screen);
    if (glass.stage.rotate(screen.rotation || 0)) setTimeout(showing.restage, 0);
  }

  function resumed() {
    reports.resume();
    showing.forgive();
    connection.sync();
    journal.upload();
    shell.check();
    db.put('meta', 'skew', clock.skew()).catch(() => undefined);
  }

  /** @param {string} topic that this screen may not read (any more) */
  function denied(topic) {
    if (topic === 'screen:' + id) return;
    documents.forget(topic);
    showing.absorb(topic, null);
  }

  /** The token is no longer good: nothing of this screen stays in the browser. */
  function refused() {
    if (gone) return;
    gone = true;
    connection.stop();
    showing.stop('withdrawn');
    const leaveFor = () => location.replace('/screen?new');
    Promise.all([forget('screen', id), media.clear(), erased()]).then(leaveFor, leaveFor);
  }

  /** @returns {Promise<any>} */
  function erased() {
    return new Promise((resolve) => {
      db.close();
      const request = window.indexedDB && window.indexedDB.deleteDatabase('vitrine:' + id);
      if (!request) { resolve(undefined); return; }
      request.onsuccess = request.onerror = request.onblocked = resolve;
    });
  }

  /** @type {any} */
  let shedding = null;

  /** Let go of media that no document names, once things are calm: a loop that changes twice a second is not worth a sweep each time. */
  function shed() {
    clearTimeout(shedding);
    shedding = setTimeout(() => {
      const { loop, screen } = showing.world();
      if (!loop || !screen) return;
      const addresses = slateNeeds(screen).concat((loop.spots || []).map(needs).reduce((all, some) => all.concat(some), []));
      media.ensure([], slateNeeds(screen)).then(() => media.keepOnly(addresses)).catch(() => undefined);
    }, 5000);
  }

  /** @param {import('./types.js').Spot} spot @returns {string[]} */
  function needs(spot) {
    const code = codeUrl(id, spot);
    return addressesOf(spot, fonts).concat(code ? [code] : []);
  }

  function leave() {
    shell.canReload().then((can) => { if (can) reload(); else commanded = false; });
  }

  function reload() {
    showing.stop('reload');
    journal.settled().then(() => location.reload(), () => location.reload());
  }

  watchdog.start();
  journal.restore().then(() => documents.load()).then((entries) => entries.forEach(take)).then(() => {
    showing.tick();
    connection.connect();
    shell.start();
  });
  window.addEventListener('resize', () => { if (glass.stage.measure()) showing.restage(); });
  window.addEventListener('online', connection.hurry);
  setInterval(() => { journal.upload(); journal.bound(); }, UPLOAD);
  setInterval(journal.tick, SIGN_OF_LIFE);
  setInterval(showing.refill, 30000);
  // For the operator at the screen's own console, and for tests.
  /** @type {any} */ (window).vitrine = { explain: showing.explain, world: showing.world, now: clock.now, waiting: journal.waiting, upload: journal.upload };
}

/** @param {import('./types.js').World} world @returns {number} seconds */
function leaseOf(world) {
  const lease = world.screen && world.screen.lease_seconds;
  return typeof lease === 'number' && lease > 0 ? lease : LEASE;
}

/** The slate's logo, and whatever typefaces this page has loaded: the slate must look the same without a network.
 * @param {import('./types.js').ScreenDoc} screen @returns {string[]} */
function slateNeeds(screen) {
  const logo = screen.slate && screen.slate.logo ? [mediaUrl(screen.slate.logo)] : [];
  const loaded = performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname);
  return logo.concat(loaded.filter((path) => /[.]woff2$/.test(path)));
}

/** @param {string} bearer @param {() => void} refused */
function sendPlays(bearer, refused) {
  return (/** @type {import('./types.js').Play[]} */ plays) => fetch('/api/plays', {
    method: 'POST',
    headers: { Authorization: 'Bearer ' + bearer, 'Content-Type': 'application/json' },
    body: JSON.stringify({ plays }),
  }).then((response) => {
    if (response.status === 401) refused();
    if (response.status !== 200) return { status: response.status, accepted: [] };
    return response.json().then((answer) => ({ status: 200, accepted: answer.accepted || [] }));
  });
}
