/** Keeps the pictures of what is in the bag on the phone, and no others. */

/** @typedef {[string, number, number]} Rendition digest, width, height */

/** Where they are kept; the worker answers from there. */
export const SHELF = 'vitrine-bag-pictures';
/** Pictures at most: some 60 kB each. */
export const MOST = 100;
const WANTED = 560;

/** The rendition that is shown: wide enough for a phone, else the widest. @param {Rendition[]} pictures the smallest first @returns {Rendition|null} */
export function shown(pictures) {
  return pictures.find(([, width]) => width >= WANTED) || pictures[pictures.length - 1] || null;
}

/** @param {Rendition} rendition @returns {string} */
export function address([digest]) {
  return `/media/${digest}`;
}

/** Where the pictures of these are. @param {{pictures: Rendition[]}[]} goods @returns {string[]} */
export function addresses(goods) {
  return goods.flatMap(({ pictures }) => {
    const rendition = shown(pictures);
    return rendition ? [address(rendition)] : [];
  });
}

/** Bring what is kept in line with what is wanted. @param {CacheStorage} store @param {string[]} wanted addresses, the most wanted first @returns {Promise<void>} */
export async function keep(store, wanted) {
  const cache = await store.open(SHELF);
  const keeping = new Set(wanted.slice(0, MOST));
  const there = new Set();
  for (const { url } of await cache.keys()) {
    const path = new URL(url).pathname;
    if (keeping.has(path)) there.add(path);
    else await cache.delete(url);
  }
  // One after the other: on a poor network they would starve the page.
  for (const path of keeping) if (!there.has(path)) await cache.add(path).catch(() => undefined);
}
