/** Keeps the page itself on the device (service worker), and brings in a new version whole, when the page says that it may. */

import { timely } from './timely.js';

const CHECK = 15 * 60 * 1000;
const PATIENCE = 15000;
/** For how long a page holds still until a new version has taken over. */
const TAKEOVER = 5000;
/** A page that has just begun still fetches what it is made of. Chromium puts off a takeover for minutes if one of these requests meets it. */
const SETTLED = 5000;

/**
 * @param {{
 *   place: string,
 *   digest: string,
 *   container: ServiceWorkerContainer|undefined,
 *   fetch: typeof fetch,
 *   free: () => boolean,
 *   reload: () => void,
 * }} parts `place` is where the page's kind lives, such as /screen;
 * `digest` names the version that this page was made of; `container` is undefined on an insecure origin; `free` answers whether nothing is
 * lost by a reload some seconds after a call of `renew`
 */
export function createShell(parts) {
  const { place, digest, container } = parts;
  /** @type {ServiceWorker|null} */
  let waiting = null;
  let stale = false;
  let leaving = false;
  let settled = false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let patience;
  setTimeout(() => { settled = true; }, SETTLED);
  if (container) container.addEventListener('controllerchange', taken);

  /** Ask which version the server has; only ever move to that one, so that an old page can't bring an old version back. @returns {Promise<any>} */
  function check() {
    return parts.fetch(place + '/shell.json', { cache: 'no-store' })
      .then((response) => (response.ok ? response.json() : Promise.reject(new Error('no shell'))))
      .then((shell) => (typeof shell.digest === 'string' ? bring(shell.digest) : undefined))
      .catch(() => undefined);
  }

  /** @param {string} current digest on the server @returns {Promise<any>} */
  function bring(current) {
    if (!container) { stale = current !== digest; return Promise.resolve(); }
    return register(container, place, script(current)).then((registration) => {
      if (current === digest) return;
      watch(registration);
      registration.addEventListener('updatefound', () => watch(registration));
    });
  }

  /** @param {ServiceWorkerRegistration} registration */
  function watch(registration) {
    const worker = registration.installing;
    if (registration.waiting) ready(registration.waiting);
    // The new worker may be at work already, brought in by another page of this browser: then only this page is old.
    else if (!worker && registration.active) stale = !isOurs(registration.active);
    if (worker) worker.addEventListener('statechange', () => { if (registration.waiting === worker) ready(worker); });
  }

  /** @param {ServiceWorker} worker */
  function ready(worker) {
    waiting = worker;
    stale = true;
  }

  /** @param {ServiceWorker} worker @returns {boolean} */
  function isOurs(worker) {
    return worker.scriptURL.endsWith(script(digest));
  }

  /** A page of this version is here: its worker need not keep the version before any longer. */
  function begun() {
    if (container && container.controller && isOurs(container.controller)) container.controller.postMessage({ type: 'begun' });
  }

  function leave() {
    leaving = true;
    if (!waiting) { parts.reload(); return; }
    // Not taken over in time: the old version is still whole, so going on with it is safe.
    patience = setTimeout(() => { leaving = false; waiting = null; stale = false; }, TAKEOVER);
    waiting.postMessage({ type: 'activate' });
  }

  /** Another worker answers for this page now: at once, minutes after it was asked to, or since another page asked it. */
  function taken() {
    begun();
    if (!container || !container.controller || isOurs(container.controller)) return;
    clearTimeout(patience);
    waiting = null;
    stale = true;
    leaving = leaving && parts.free();
    if (leaving) parts.reload();
  }

  return {
    start() {
      begun();
      setInterval(check, CHECK);
      return check();
    },
    check,
    /** Whether a new version waits; once asked, it is brought in. To be called when nothing is lost by it: between two cards, two visits. @returns {boolean} */
    renew() {
      if (!stale || !settled) return false;
      if (!leaving) leave();
      return true;
    },
    /** Whether a reload would come back: from the device, or else from a server that answers. @returns {Promise<boolean>} */
    canReload() {
      if (container && container.controller) return Promise.resolve(true);
      return timely(parts.fetch(place + '/shell.json', { cache: 'no-store' }), 'the shell', PATIENCE).then((response) => response.ok, () => false);
    },
  };
}

/** @param {string} digest @returns {string} */
function script(digest) {
  return '/worker.js?shell=' + encodeURIComponent(digest);
}

/** The wider scope also covers the place itself, so that a browser that starts there without a network finds what it is.
 * @param {ServiceWorkerContainer} container @param {string} place @param {string} script @returns {Promise<ServiceWorkerRegistration>} */
function register(container, place, script) {
  return container.register(place + script, { scope: place }).catch((error) => {
    if (error && error.name === 'SecurityError') return container.register(place + script, { scope: place + '/' });
    throw error;
  });
}
