/** Keeps the page itself on the device (service worker), and brings in a new version whole, when the page says that it may. */

import { timely } from './timely.js';

const CHECK = 15 * 60 * 1000;
const PATIENCE = 15000;

/**
 * @param {{
 *   place: string,
 *   digest: string,
 *   container: ServiceWorkerContainer|undefined,
 *   fetch: typeof fetch,
 *   reload: () => void,
 * }} parts `place` is where the page's kind lives, such as /screen;
 * `digest` names the version that this page was made of; `container` is undefined on an insecure origin
 */
export function createShell(parts) {
  const { place, digest, container } = parts;
  /** @type {ServiceWorker|null} */
  let waiting = null;
  let stale = false;
  let leaving = false;

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
    return register(container, place, '/worker.js?shell=' + encodeURIComponent(current)).then((registration) => {
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
    else if (!worker && registration.active) stale = true;
    if (worker) worker.addEventListener('statechange', () => { if (registration.waiting === worker) ready(worker); });
  }

  /** @param {ServiceWorker} worker */
  function ready(worker) {
    waiting = worker;
    stale = true;
  }

  function leave() {
    leaving = true;
    // Not taken over in time: the old version is still whole, so going on with it is safe, and what waits is found again.
    const patience = setTimeout(() => { leaving = false; waiting = null; stale = false; check(); }, 5000);
    const go = () => { clearTimeout(patience); parts.reload(); };
    if (!container || !waiting) { go(); return; }
    container.addEventListener('controllerchange', go);
    waiting.postMessage({ type: 'activate' });
  }

  return {
    start() {
      setInterval(check, CHECK);
      return check();
    },
    check,
    /** Whether a new version waits; once asked, it is brought in. To be called when nothing is lost by it: between two cards, two visits. @returns {boolean} */
    renew() {
      if (!stale) return false;
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

/** The wider scope also covers the place itself, so that a browser that starts there without a network finds what it is.
 * @param {ServiceWorkerContainer} container @param {string} place @param {string} script @returns {Promise<ServiceWorkerRegistration>} */
function register(container, place, script) {
  return container.register(place + script, { scope: place }).catch((error) => {
    if (error && error.name === 'SecurityError') return container.register(place + script, { scope: place + '/' });
    throw error;
  });
}
