/** Decides when a tablet asks whether somebody is still there, and when it forgets: from the last touch, on a clock that never goes back. Pure. */

/** @typedef {{state: 'here'|'asking'|'over', left: number}} Presence left: whole seconds until it is over, while asking */

/**
 * There is no other limit: whoever touches the glass may stay.
 * @param {number} touched ms @param {number} now ms, of the same monotonic clock @param {{idle: number, grace: number}} limits seconds @returns {Presence}
 */
export function presence(touched, now, { idle, grace }) {
  const still = (now - touched) / 1000;
  if (still < idle) return { state: 'here', left: grace };
  const left = Math.ceil(idle + grace - still);
  return left > 0 ? { state: 'asking', left } : { state: 'over', left: 0 };
}

/**
 * Watches, and tells of every change.
 * @param {{monotonic: () => number, wall: () => number, limits: () => {idle: number, grace: number}, changed: (presence: Presence) => void}} parts
 */
export function createIdle({ monotonic, wall, limits, changed }) {
  let touched = monotonic();
  let seen = { monotonic: touched, wall: wall() };
  let told = 'here 0';
  /** @type {any} */
  let timer = null;

  function tick() {
    slept();
    const now = presence(touched, monotonic(), limits());
    const name = `${now.state} ${now.left}`;
    if (name !== told) { told = name; changed(now); }
  }

  /** A machine that sleeps may stop its clock meanwhile, and nobody knows who wakes it: then it asks. */
  function slept() {
    const gap = wall() - seen.wall - (monotonic() - seen.monotonic);
    const { idle } = limits();
    if (gap > idle * 1000) touched = Math.min(touched, monotonic() - idle * 1000);
    seen = { monotonic: monotonic(), wall: wall() };
  }

  return {
    tick,
    start() { this.touch(); clearInterval(timer); timer = setInterval(tick, 250); },
    stop() { clearInterval(timer); },
    touch() { slept(); touched = monotonic(); tick(); },
  };
}
