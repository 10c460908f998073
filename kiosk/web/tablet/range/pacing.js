/** When the store's range is asked for again: soon after it moved, and every ten minutes, since pictures arrive and sales begin and end without news.
 * Never all tablets of a chain at once. */

const EVERY = 10 * 60 * 1000;
/** What moves the range of one store may move that of every other. */
const SPREAD = 20 * 1000;

/**
 * @param {{ask: () => void, may: () => boolean, random?: () => number}} parts `may`: whether nobody is there and the server can be reached
 */
export function createPacing({ ask, may, random = Math.random }) {
  /** @type {any} */
  let round = null;
  /** @type {any} */
  let soon = null;

  function next() {
    // A tenth earlier or later, so that tablets that were switched on together drift apart.
    round = setTimeout(() => { if (may()) ask(); next(); }, EVERY * (0.9 + 0.2 * random()));
  }

  return {
    start: next,
    /** There is a newer one; told again meanwhile, it is asked for once. */
    moved() {
      soon ||= setTimeout(() => { soon = null; ask(); }, SPREAD * random());
    },
    stop() {
      clearTimeout(round);
      clearTimeout(soon);
    },
  };
}
