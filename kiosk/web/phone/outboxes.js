/** What was done on this phone and is not sent yet: each change goes to the bag that it was done in, whichever is open by now. */

import { createOutbox } from '../shared/outbox.js';

/** @typedef {import('../shared/bag.js').Operation} Operation */
/** @typedef {import('../../../server/core/web/device/versions.js').Version} Version */
/** @typedef {{bag: string, operation: Operation}} Row */

/**
 * @param {{
 *   send: (bag: string, operations: Operation[], signal: AbortSignal) => Promise<Response>,
 *   changed: () => void,
 *   refused: (bag: string, why: string) => void,
 *   keep: (waiting: Row[]) => Promise<any>,
 * }} parts `send` posts operations to a bag; `refused`: the server kept one not; `keep` writes down what waits, with the bag of each
 */
export function createOutboxes({ send, changed, refused, keep }) {
  /** @type {Map<string, ReturnType<typeof createOutbox>>} */
  const boxes = new Map();

  /** @param {string} bag */
  function of(bag) {
    const box = boxes.get(bag) || createOutbox({
      send: (operations, signal) => send(bag, operations, signal), changed, refused: (_, why) => refused(bag, why), keep: () => keep(rows()),
    });
    boxes.set(bag, box);
    return box;
  }

  /** @returns {Row[]} */
  function rows() {
    return [...boxes].flatMap(([bag, box]) => box.waiting().map((operation) => ({ bag, operation })));
  }

  return {
    /** @param {string} bag @param {Operation} operation */
    put(bag, operation) { of(bag).put(operation); },
    flush() { boxes.forEach((box) => box.flush()); },
    /** Begin with what an earlier page left. @param {Row[]} left */
    restore(left) {
      for (const bag of new Set(left.map((row) => row.bag))) of(bag).restore(left.filter((row) => row.bag === bag).map(({ operation }) => operation));
    },
    /** @returns {number} changes that the server does not have yet */
    waiting: () => rows().length,
    /** What was done in these bags that the server's document may not show yet. @param {Set<string>} bags @returns {Operation[]} */
    pending: (bags) => [...boxes].flatMap(([bag, box]) => (bags.has(bag) ? box.pending() : [])),
    /** The server's document of a bag is here: forget what it shows. @param {string} bag @param {Version} shown */
    seen(bag, shown) { boxes.forEach((box) => box.seen(bag, shown)); },
    /** Send nothing more: this browser opens no bag. */
    close() {
      boxes.forEach((box) => box.close());
      boxes.clear();
    },
  };
}
