/** Keeps on the device what the loop needs (cards, pictures, fonts, codes) in a cache of the screen's own, and lets go of what it no longer names. */

import { timely } from '../../server/core/web/device/timely.js';

/** @typedef {import('./types.js').Spot} Spot */

const PATIENCE = 30000;
/** A code that is here is asked for anew, but a card doesn't wait for it as for what is missing. */
const PATIENCE_ANEW = 3000;
const ATTEMPTS = 3;

/** @param {string} digest @returns {string} */
export function mediaUrl(digest) {
  return '/media/' + digest;
}

/**
 * Every address that a spot can't do without, its card first.
 * @param {Spot} spot @param {string} fonts address of the folder of the fonts @returns {string[]}
 */
export function addressesOf(spot, fonts) {
  return [mediaUrl(spot.card)].concat((spot.pictures || []).map(mediaUrl), (spot.fonts || []).map((font) => fonts + font));
}

/** Where the QR code of a spot is; a card that neither sells nor calls for anything has none.
 * @param {string} screen @param {Spot} spot @returns {string|null} */
export function codeUrl(screen, spot) {
  if (!(spot.variants || []).length && spot.kind !== 'call') return null;
  return '/qr/' + encodeURIComponent(screen) + '/' + encodeURIComponent(spot.id) + '.svg';
}

/**
 * @param {{caches: CacheStorage|undefined, name: string, fetch: typeof fetch}} parts `caches` is undefined on an insecure origin: then the browser's own
 * HTTP cache, in which /media/ is immutable, has to do
 */
export function createMedia(parts) {
  const { caches, name } = parts;
  /** Addresses that this page has seen safely in the cache. @type {Object<string, Promise<void>>} */
  let held = {};
  /** Those of them that are there. @type {Object<string, true>} */
  let there = {};

  /** @returns {Promise<Cache|null>} */
  const open = () => (caches ? caches.open(name).catch(() => null) : Promise.resolve(null));

  /** @param {string} address @returns {Promise<void>} */
  function hold(address) {
    if (!held[address]) {
      held[address] = store(address);
      held[address].then(() => { there[address] = true; }, () => { delete held[address]; });
    }
    return held[address];
  }

  /** @param {string} address @returns {Promise<void>} */
  function store(address) {
    return open().then((cache) => {
      if (!cache) return bring(address, PATIENCE).then(() => undefined);
      return cache.match(address, { ignoreVary: true }).then((found) => {
        if (found && !isCode(address)) return undefined;
        const brought = bring(address, found ? PATIENCE_ANEW : PATIENCE).then((response) => cache.put(address, response));
        return found ? brought.catch(() => undefined) : brought;
      });
    });
  }

  /** @param {string} address @param {number} patience ms @returns {Promise<Response>} */
  function bring(address, patience) {
    // The worker leaves to the network what is asked for so.
    const cache = isCode(address) ? 'no-cache' : 'default';
    return timely(parts.fetch(address, { credentials: 'same-origin', cache }), address, patience).then((response) => {
      if (response.status !== 200) throw new Error(address + ' answered ' + response.status);
      return response;
    });
  }

  return {
    /** Have every address on the device. Rejects with the first that can't be had; a wish may stay unfulfilled.
     * @param {string[]} addresses @param {string[]} wishes @returns {Promise<void>} */
    ensure(addresses, wishes) {
      const wished = wishes.map((address) => hold(address).catch(() => undefined));
      return Promise.all(addresses.map((address) => retried(() => hold(address), ATTEMPTS)).concat(/** @type {any} */ (wished))).then(() => undefined);
    },
    /** @param {string} address @returns {boolean} whether this page has seen it safely here */
    has: (address) => Boolean(there[address]),
    /** @param {string} address @returns {Promise<string>} */
    text(address) {
      return hold(address).then(open)
        .then((cache) => (cache ? cache.match(address, { ignoreVary: true }) : undefined))
        .then((found) => found || bring(address, PATIENCE))
        .then((response) => response.text());
    },
    /** Let go of everything that is not among `addresses`. @param {string[]} addresses @returns {Promise<void>} */
    keepOnly(addresses) {
      /** @type {Object<string, true>} */
      const wanted = {};
      addresses.forEach((address) => { wanted[address] = true; });
      Object.keys(held).forEach((address) => { if (!wanted[address]) { delete held[address]; delete there[address]; } });
      return open().then((cache) => cache && cache.keys().then((requests) => Promise.all(requests
        .filter((request) => !wanted[new URL(request.url).pathname])
        .map((request) => cache.delete(request))))).then(() => undefined);
    },
    /** @returns {Promise<any>} */
    clear() {
      held = {};
      there = {};
      return caches ? caches.delete(name) : Promise.resolve();
    },
  };
}

/** @template T @param {() => Promise<T>} attempt @param {number} times @returns {Promise<T>} */
function retried(attempt, times) {
  return attempt().catch((error) => {
    if (times <= 1) throw error;
    return new Promise((resolve) => { setTimeout(resolve, 400); }).then(() => retried(attempt, times - 1));
  });
}

/** A code names the shop's public address, which may change; everything else is named by its digest. @param {string} address */
function isCode(address) {
  return address.indexOf('/qr/') === 0;
}
