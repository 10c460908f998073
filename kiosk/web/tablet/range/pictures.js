/** Keeps the range's pictures on the tablet within a budget of bytes: the small one of every item first, larger ones while there is room. */

/** @typedef {import('./shelf.js').Item} Item */

/** Bytes of pictures that a tablet keeps. With what a browser needs for 10,000 of them, 2.5 MB, and with 5,000 items, 5 MB, and the app, 1 MB, each of
 * these two twice while a new one comes, that stays under 60 MB. */
export const BUDGET = 45_000_000;
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
  /** @type {Promise<void>} */
  let last = Promise.resolve();

  /** Have the pictures of these items here, and no others. @param {Item[]} items @param {string[]} [also] addresses that stay whatever it takes
   * @returns {Promise<void>} */
  function keep(items, also = []) {
    const mine = ++turn;
    // What the last turn was just fetching is counted before this one counts.
    last = last.then(() => (mine === turn ? renew(items, also, mine) : undefined)).catch(() => undefined);
    return last;
  }

  /** @param {Item[]} items @param {string[]} also @param {number} mine */
  async function renew(items, also, mine) {
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
      // What is smaller came before: where this one has no room, nothing after it is worth fetching.
      if (!(await bring(cache, address).catch(() => true))) return;
    }
  }

  /** @param {Cache} cache @param {string} address @returns {Promise<boolean>} whether there was room */
  async function bring(cache, address) {
    // The browser's own cache would hold each a second time.
    const answer = await fetch(address, { credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status !== 200) return true;
    const body = await answer.blob();
    if (bytes + body.size > budget) return false;
    bytes += body.size;
    const headers = { 'Content-Type': answer.headers.get('Content-Type') || '', 'X-Bytes': String(body.size) };
    await cache.put(address, new Response(body, { headers }));
    return true;
  }

  return {
    keep,
    bytes: () => bytes,
    stop() { turn += 1; },
    /** @returns {Promise<any>} */
    clear: () => (caches ? caches.delete(name) : Promise.resolve()),
  };
}
