/** Proof of play: writes each play down before it is told, and tells the server until it says it has it; ids are made here, so a repeat is harmless. */

import { backoff } from '../../server/core/web/device/backoff.js';
import { timely } from '../../server/core/web/device/timely.js';

/** @typedef {import('./types.js').Play} Play */
/** @typedef {import('./types.js').Spot} Spot */

export const BATCH = 200;
/** Plays kept while nobody listens: a week of a busy screen. Beyond it the oldest go, and `seq` shows the gap. */
export const KEPT = 60000;
const REFUSALS = 3;
/** An answer that came after all, too late, is no loss: the plays are told again, under the same ids. */
const PATIENCE = 60000;

/**
 * @param {{
 *   db: import('../../server/core/web/device/database.js').Database,
 *   send: (plays: Play[]) => Promise<{status: number, accepted: string[]}>,
 *   clock: {now: () => number, skew: () => number, monotonic: () => number},
 *   uuid: () => string,
 *   delay?: (ms: number) => Promise<void>,
 * }} parts `send` may reject, or never answer, when the server can't be reached
 */
export function createJournal(parts) {
  const { db, send, clock, uuid, delay = wait } = parts;
  /** @type {{play: Play, since: number}|null} */
  let open = null;
  let seq = 0;
  let sending = false;
  let failures = 0;
  /** @type {Object<string, number>} */
  const refused = {};
  /** Writes happen one after another, so that a late one never overtakes. @type {Promise<any>} */
  let line = Promise.resolve();

  /** @param {() => Promise<any>} write */
  function queue(write) {
    line = line.then(write).catch(() => undefined);
    return line;
  }

  /** @param {Play} play */
  const keep = (play) => queue(() => db.put('plays', keyOf(play), play));

  /** @param {Play[]} plays @returns {Promise<{status: number, accepted: string[]}>} status 0: no answer */
  const tell = (plays) => timely(send(plays), 'an answer to plays', PATIENCE).catch(() => ({ status: 0, accepted: [] }));

  return {
    /** Take up where the last page ended: a play that it left open ended, as far as is known, at its last sign of life. */
    restore() {
      return queue(() => db.get('meta', 'seq').then((last) => { seq = Math.max(seq, last || 0); })
        .then(() => db.get('meta', 'open'))
        .then((left) => left && db.put('plays', keyOf(left), close(left, left.duration_ms, 'partial', 'reload')))
        .then(() => db.remove('meta', ['open'])));
    },
    /** @param {Spot} spot */
    begin(spot) {
      seq += 1;
      const play = blank(uuid(), seq, spot, clock);
      open = { play, since: clock.monotonic() };
      queue(() => db.put('meta', 'seq', play.seq));
      queue(() => db.put('meta', 'open', play));
    },
    /** A sign of life of the play that stands, so that a power cut loses seconds of it, not all. */
    tick() {
      if (!open) return;
      const sign = Object.assign({}, open.play, { duration_ms: Math.round(clock.monotonic() - open.since) });
      queue(() => db.put('meta', 'open', sign));
    },
    /** @param {'completed'|'partial'|'failed'} result @param {string|null} reason */
    end(result, reason) {
      if (!open) return line;
      const play = close(open.play, Math.round(clock.monotonic() - open.since), result, reason);
      open = null;
      keep(play);
      queue(() => db.remove('meta', ['open']));
      return line;
    },
    /** @param {Spot} spot that could not be shown */
    failed(spot) {
      seq += 1;
      const play = blank(uuid(), seq, spot, clock);
      queue(() => db.put('meta', 'seq', play.seq));
      keep(close(play, 0, 'failed', null));
    },
    /** Send what is waiting, oldest first, until nothing waits or the server can't take it. Safe to call at any time. @returns {Promise<void>} */
    upload() {
      if (sending) return Promise.resolve();
      sending = true;
      const done = () => { sending = false; };
      return line.then(drain).then(done, done);
    },
    /** Let the oldest go beyond what is kept. */
    bound() {
      return queue(() => db.count('plays').then((count) => (count > KEPT
        ? db.all('plays', count - KEPT).then((old) => db.remove('plays', old.map(keyOf)))
        : undefined)));
    },
    waiting: () => db.count('plays'),
    settled: () => line,
  };

  /** @returns {Promise<void>} */
  function drain() {
    return db.all('plays', BATCH).then((plays) => (plays.length ? tell(plays).then((answer) => settle(plays, answer)) : undefined));
  }

  /** @param {Play[]} plays @param {{status: number, accepted: string[]}} answer @returns {Promise<void>} */
  function settle(plays, answer) {
    if (answer.status === 200) {
      failures = 0;
      const done = plays.filter((play) => answer.accepted.indexOf(play.id) >= 0 || tired(play));
      return db.remove('plays', done.map(keyOf)).then(() => (done.length ? drain() : undefined));
    }
    if (answer.status === 400 || answer.status === 413 || answer.status === 422) return one(plays);
    failures += 1;
    return delay(backoff(failures, { base: 1000, cap: 120000 }));
  }

  /** A batch that the server can't read is sent play by play, so that one bad one doesn't hold up the rest. @param {Play[]} plays @returns {Promise<void>} */
  function one(plays) {
    return plays.reduce((before, play) => before.then((on) => (on ? tell([play]).then((answer) => {
      const final = answer.status === 200 || answer.status === 400 || answer.status === 422 || answer.status === 413;
      return final ? db.remove('plays', [keyOf(play)]).then(() => true) : false;
    }) : false)), Promise.resolve(true)).then(() => undefined);
  }

  /** Whether the server has left a play out so often that it will never want it. @param {Play} play */
  function tired(play) {
    refused[play.id] = (refused[play.id] || 0) + 1;
    return refused[play.id] >= REFUSALS && delete refused[play.id];
  }
}

/** In the order of their numbers; two pages of one screen in one browser may give the same number to two plays. @param {Play} play */
function keyOf(play) {
  return ('000000000000' + play.seq).slice(-12) + ' ' + play.id;
}

/** @param {string} id @param {number} seq @param {Spot} spot @param {{now: () => number, skew: () => number}} clock @returns {Play} */
function blank(id, seq, spot, clock) {
  const at = new Date(clock.now()).toISOString();
  return {
    id, seq, spot: spot.id, card: spot.card, campaign: spot.campaign || '', started_at: at, ended_at: at,
    duration_ms: 0, offset_ms: clock.skew(), result: 'partial', reason: null,
  };
}

/** The end is the start plus what the monotonic clock measured: a wall clock set meanwhile can't stretch a play.
 * @param {Play} play @param {number} duration @param {'completed'|'partial'|'failed'} result @param {string|null} reason @returns {Play} */
function close(play, duration, result, reason) {
  const ended_at = new Date(Date.parse(play.started_at) + duration).toISOString();
  return Object.assign({}, play, { duration_ms: duration, ended_at, result, reason });
}

/** @param {number} ms @returns {Promise<void>} */
function wait(ms) {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

/** @param {Crypto} crypto @returns {string} a random UUID (version 4), without crypto.randomUUID, which old browsers and plain HTTP lack */
export function uuidFrom(crypto) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => ('0' + byte.toString(16)).slice(-2)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
