/** Sends what a shopper did, in order, until the server has kept it: now where there is a network, else when it is back. */

import { backoff } from '../../../server/core/web/device/backoff.js';

/** @typedef {import('./bag.js').Operation} Operation */
/** @typedef {import('../../../server/core/web/device/versions.js').Version} Version */
/** @typedef {{id: string, kept: boolean, why: string}} Outcome */

const AT_ONCE = 100;
const PATIENCE = 15000;

/**
 * @param {{
 *   send: (operations: Operation[], signal: AbortSignal) => Promise<Response>,
 *   changed: () => void,
 *   refused: (operation: Operation, why: string) => void,
 *   keep?: (waiting: Operation[]) => Promise<any>,
 * }} parts `send` posts operations; `changed` is called whenever waiting() or sent() may differ; `refused` when the server kept one not;
 *   `keep` writes down what waits, where that has to outlive the page
 */
export function createOutbox(parts) {
  /** @type {Operation[]} */
  let waiting = [];
  /** Kept by the server, not yet seen in its document; with the bag that it came into, and the version of that which shows it.
   * @type {{operation: Operation, bag: string, version: Version}[]} */
  let sent = [];
  let failures = 0;
  let busy = false;
  let closed = false;
  /** @type {any} */
  let again = null;

  /** @param {Operation[]} operations */
  function put(...operations) {
    waiting = [...waiting, ...operations];
    written();
    flush();
  }

  function written() {
    if (parts.keep) parts.keep(waiting).catch(() => undefined);
    parts.changed();
  }

  async function flush() {
    clearTimeout(again);
    if (busy || closed || !waiting.length) return;
    busy = true;
    const batch = waiting.slice(0, AT_ONCE);
    const done = await deliver(batch).catch(() => false);
    busy = false;
    if (closed) return;
    if (done) {
      failures = 0;
      flush();
    } else {
      failures += 1;
      again = setTimeout(flush, backoff(failures, { base: 500, cap: 20000 }));
    }
  }

  /** @param {Operation[]} batch @returns {Promise<boolean>} whether they are settled */
  async function deliver(batch) {
    const answer = await parts.send(batch, AbortSignal.timeout(PATIENCE));
    if (answer.status >= 400 && answer.status < 500 && ![401, 408, 425, 429].includes(answer.status)) {
      // Refused as a whole, and it would be again. One by one, so that one bad operation takes no other with it.
      if (batch.length > 1) return eachAlone(batch);
      settle(batch, [{ id: batch[0].id, kept: false, why: answer.status === 404 ? 'gone' : 'refused' }]);
      return true;
    }
    if (!answer.ok) return false;
    const { outcomes, bag, version } = await answer.json();
    settle(batch, outcomes, { bag, version });
    return true;
  }

  /** @param {Operation[]} batch @returns {Promise<boolean>} */
  async function eachAlone(batch) {
    for (const operation of batch) if (!(await deliver([operation]))) return false;
    return true;
  }

  /** @param {Operation[]} batch @param {Outcome[]} outcomes @param {{bag: string, version: Version}} [shown] where they can be seen */
  function settle(batch, outcomes, shown) {
    if (closed) return;
    const ids = new Set(batch.map((operation) => operation.id));
    waiting = waiting.filter((operation) => !ids.has(operation.id));
    const by = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
    for (const operation of batch) {
      const outcome = by.get(operation.id);
      if (outcome && outcome.kept && shown) sent = [...sent, { operation, ...shown }];
      else parts.refused(operation, outcome ? outcome.why : 'refused');
    }
    written();
  }

  return {
    put,
    flush,
    /** Begin with what an earlier page left. @param {Operation[]} operations */
    restore(operations) { waiting = [...operations, ...waiting]; flush(); },
    /** @returns {Operation[]} what the server does not have yet */
    waiting: () => waiting,
    /** @returns {Operation[]} what this page did that the server's document may not show yet */
    pending: () => [...sent.map(({ operation }) => operation), ...waiting],
    /** The server's document of a bag is here: forget what it shows. One that has taken another up shows what came into that.
     * @param {string} bag @param {Version} shown */
    seen(bag, shown) { sent = sent.filter((one) => one.bag === bag && one.version[0] === shown[0] && one.version[1] > shown[1]); },
    /** Send nothing more: the visit is over. */
    close() { closed = true; clearTimeout(again); },
  };
}
