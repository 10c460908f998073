/** Keeps the range's pictures on the tablet within a budget of bytes: the small one of every item first, larger ones while there is room. */

/** @typedef {import('./shelf.js').Item} Item */

/** Bytes of pictures that a tablet keeps. With 5,000 items and the app itself, some 5 MB, that stays under 60 MB. */
export const BUDGET = 50 * 1024 * 1024;
const AT_ONCE = 4;
const PATIENCE = 20000;

/** @param {string} digest @returns {string} */
export const mediaUrl = (digest) => '/media/' + digest;

/**
 * What is worth keeping, in the order of its worth: pure. @param {Item[]} items @returns {string[]} addresses
 */
export function wanted(items) {
  const small = items.flatMap((item) => item.pictures.slice(0, 1));
  const large = items.flatMap((item) => item.pictures.slice(1, 2));
  return [...new Set([...small, ...large].map(([digest]) => mediaUrl(digest)))];
}

/**
 * @param {{caches: CacheStorage|undefined, name: string, fetch: typeof fetch, budget?: number}} parts `caches` is undefined on an insecure origin
 */
export function createPictures({ caches, name, fetch, budget = BUDGET }) {
  let turn = 0;
  let bytes = 0;

  /** Have the pictures of these items here, and no others. @param {Item[]} items @param {string[]} [also] addresses that stay whatever it takes
   * @returns {Promise<void>} */
  async function keep(items, also = []) {
    const mine = ++turn;
    const cache = caches && (await caches.open(name).catch(() => null));
    if (!cache) return;
    const wishes = [...also, ...wanted(items)];
    const here = await clear(cache, new Set(wishes));
    const queue = wishes.filter((address) => !here.has(address));
    await Promise.all(Array.from({ length: AT_ONCE }, () => work(cache, queue, mine)));
  }

  /** @param {Cache} cache @param {Set<string>} wishes @returns {Promise<Set<string>>} what is here already */
  async function clear(cache, wishes) {
    const here = new Set();
    bytes = 0;
    for (const request of await cache.keys()) {
      const path = new URL(request.url).pathname;
      const answer = wishes.has(path) && (await cache.match(request));
      if (!answer) { await cache.delete(request); continue; }
      here.add(path);
      bytes += Number(answer.headers.get('X-Bytes')) || 0;
    }
    return here;
  }

  /** @param {Cache} cache @param {string[]} queue @param {number} mine */
  async function work(cache, queue, mine) {
    while (queue.length && mine === turn && bytes < budget) {
      const address = /** @type {string} */ (queue.shift());
      await bring(cache, address).catch(() => undefined);
    }
  }

  /** @param {Cache} cache @param {string} address */
  async function bring(cache, address) {
    // The browser's own cache would hold each a second time.
    const answer = await fetch(address, { credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status !== 200) return;
    const body = await answer.blob();
    if (bytes + body.size > budget) return;
    bytes += body.size;
    const headers = { 'Content-Type': answer.headers.get('Content-Type') || '', 'X-Bytes': String(body.size) };
    await cache.put(address, new Response(body, { headers }));
  }

  return {
    keep,
    bytes: () => bytes,
    stop() { turn += 1; },
    /** @returns {Promise<any>} */
    clear: () => (caches ? caches.delete(name) : Promise.resolve()),
  };
}
