/** Tells server time from what the server says and the page's monotonic clock, so that a wrong or jumping wall clock changes nothing. */

const SAMPLES = 8;
const JUMP = 5000;
const GRACE = 20000;

/**
 * @param {() => number} monotonic milliseconds that never go back
 * @param {() => number} wall the device's own idea of the time, ms since 1970
 * @param {number} skew server minus wall, as last known by an earlier page (ms)
 */
export function createClock(monotonic, wall, skew) {
  /** @type {number[]} */
  let samples = [];
  return {
    monotonic,
    /** Learn from a message stamped with server time `ms`. Every message is late by its journey, so the greatest offset is the truest.
     * @param {number} ms */
    heard(ms) {
      const sample = ms - monotonic();
      if (!isFinite(sample)) return;
      // The server's clock was set, or this machine slept: what was learned before is worthless.
      if (samples.length && Math.abs(sample - Math.max.apply(null, samples)) > JUMP) samples = [];
      samples = samples.concat(sample).slice(-SAMPLES);
    },
    /** @returns {number} server time, ms since 1970 */
    now() {
      return samples.length ? monotonic() + Math.max.apply(null, samples) : wall() + skew;
    },
    /** @returns {number} server minus wall, ms */
    skew() {
      return samples.length ? Math.round(this.now() - wall()) : skew;
    },
  };
}

/**
 * Measures how long the server has been silent, by the monotonic clock. A machine that slept may have stopped that one: when the wall clock has run
 * ahead of it, it was set, or this machine slept. The next beat, of every 15 s, tells which; until it should be here, the monotonic clock holds.
 * @param {() => number} monotonic @param {() => number} wall
 */
export function createSilence(monotonic, wall) {
  /** @type {{monotonic: number, wall: number}|null} */
  let last = null;
  /** When the wall clock was seen to have run ahead, since the server was last heard. @type {number|null} */
  let ahead = null;
  return {
    broken() {
      last = { monotonic: monotonic(), wall: wall() };
      ahead = null;
    },
    /** @returns {number} ms since the server was last heard by this page; Infinity when it never was */
    lasted() {
      if (!last) return Infinity;
      const heard = monotonic() - last.monotonic;
      const told = wall() - last.wall;
      if (told - heard < JUMP) return heard;
      if (ahead === null) ahead = monotonic();
      return monotonic() - ahead < GRACE ? heard : told;
    },
  };
}
