/** Runs the show: asks the loop what is due, brings it up on the stage, and tells journal and server what happened. */

import { emptyWorld, hindrance, isSocial, next, started, upcoming } from './loop.js';
import { absorbed, awaitsLoop } from './documents.js';

/** @typedef {import('./types.js').World} World */
/** @typedef {import('./types.js').Spot} Spot */
/** @typedef {import('./shelf.js').Prepared} Prepared */

const URGENT = ['withdrawn', 'takeover', 'lease'];
const BARRED = 30000;
const LONGEST_SLEEP = 1000;

/**
 * @param {{
 *   stage: ReturnType<typeof import('./stage.js').createStage>,
 *   makeShelf: (events: {onReady: (spot: Spot) => void, onFailed: (spot: Spot, error: Error) => void}) => ReturnType<typeof import('./shelf.js').createShelf>,
 *   now: () => number,
 *   trusted: (world: World) => boolean,
 *   fill: (prepared: Prepared, world: World) => void,
 *   journal: {begin: (spot: Spot) => void, end: (result: 'completed'|'partial', reason: string|null) => any, failed: (spot: Spot) => void},
 *   onShowing: (spot: Spot|null, error: string|null) => void,
 *   onStill: () => void,
 *   onReady: (spot: Spot) => void,
 *   onSettled: (world: World) => void,
 *   atBoundary: () => boolean,
 *   onFault: (error: Error) => void,
 * }} parts `atBoundary` answers true when the page is about to be reloaded: then nothing new comes up; `onStill`: the slate stands on, and
 *   rightly
 */
export function createShowing(parts) {
  const { stage, now, journal } = parts;
  const shelf = parts.makeShelf({ onReady: cardReady, onFailed: cardFailed });
  let world = emptyWorld();
  /** What is on the glass. @type {Prepared|null} */
  let visible = null;
  /** @type {any} */
  let timer = null;
  let warming = false;
  let slate = false;
  /** Dissolves under way: what is leaving can still be seen. */
  let leaving = 0;
  /** @type {Object<string, number>} */
  const failures = {};
  /** What was wrong with cards that are left out. @type {Object<string, string>} */
  let troubles = {};
  /** Cards that were due while they were not ready. @type {Object<string, true>} */
  let due = {};

  /** Whatever goes wrong in one turn, there is a next one. */
  function tick() {
    clearTimeout(timer);
    let until = null;
    try { until = turn(); } catch (error) { parts.onFault(/** @type {Error} */ (error)); }
    const wait = until == null ? LONGEST_SLEEP : until - now();
    timer = setTimeout(tick, Math.max(20, Math.min(wait, LONGEST_SLEEP)));
  }

  /** @returns {number|null} when the next turn is due */
  function turn() {
    world = Object.assign({}, world, { trusted: parts.trusted(world) });
    const decision = next(world, now());
    if (decision.action === 'keep') stand();
    else if (decision.action === 'again') again(/** @type {Spot} */ (decision.spot));
    else if (decision.action === 'show') bring(/** @type {Spot} */ (decision.spot), decision.reason);
    else leave(decision.reason);
    // What has just gone up is followed by making its successor ready.
    return decision.until || (world.current && world.current.started > now() - 50 ? now() + 50 : null);
  }

  /** @returns {Array<Spot|null>} what is worth keeping decoded: the next, and what would be due this moment */
  function wanted() {
    return [upcoming(world, now()), next(world, now()).spot];
  }

  /** While a card stands, the next is made ready, then every other that was not yet seen. */
  function stand() {
    const spot = upcoming(world, now());
    shelf.keepOnly(wanted());
    if (spot && (!world.current || spot.card !== world.current.spot.card || spot.id !== world.current.spot.id)) shelf.prepare(spot);
    warm();
  }

  /** @param {Spot} spot */
  function again(spot) {
    if (!visible) return;
    finish(null);
    if (parts.atBoundary()) return;
    begin(spot);
  }

  /** @param {Spot} spot @param {string|null} reason */
  function bring(spot, reason) {
    if (!reason && parts.atBoundary()) { finish(reason); return; }
    const prepared = shelf.take(spot);
    if (prepared) { put(prepared, reason); return; }
    // Nothing is ready to follow, and this must not stay a moment longer: the slate lies beneath.
    if (reason && URGENT.indexOf(reason) >= 0) vacate(reason);
    due[spot.card] = true;
    shelf.prepare(spot).then((made) => { if (made) tick(); });
  }

  /** @param {Prepared} prepared @param {string|null} reason */
  function put(prepared, reason) {
    finish(reason);
    parts.fill(prepared, world);
    visible = prepared;
    slate = false;
    due = {};
    leaving += 1;
    stage.show(prepared.layer, { cut: reason != null && URGENT.indexOf(reason) >= 0 }).then(gone);
    begin(prepared.spot);
  }

  function gone() {
    leaving -= 1;
    settle();
  }

  /** @param {Spot} spot */
  function begin(spot) {
    world = started(world, spot, now());
    journal.begin(spot);
    parts.onShowing(spot, trouble());
  }

  /** @param {string|null} reason */
  function finish(reason) {
    if (!world.current) return;
    journal.end(reason ? 'partial' : 'completed', reason);
    world = Object.assign({}, world, { current: null });
  }

  /** @param {string|null} reason */
  function vacate(reason) {
    finish(reason);
    if (visible) stage.drop(visible.layer);
    visible = null;
  }

  /** @param {string|null} reason */
  function leave(reason) {
    if (!reason && world.current && parts.atBoundary()) { finish(reason); return; }
    finish(reason);
    visible = null;
    warm();
    if (slate) {
      if (rightly()) parts.onStill();
      parts.atBoundary();
      return;
    }
    slate = true;
    leaving += 1;
    stage.clear().then(gone);
    parts.onShowing(null, trouble());
  }

  /** Whether the slate is what should stand: the screen's loop is here and none of its cards is left out for a fault of this page.
   * @returns {boolean} */
  function rightly() {
    return Boolean(world.loop) && !awaitsLoop(world) && !hindrances().some((one) => one.hindrance === 'broken');
  }

  /** @returns {Array<{id: string, hindrance: string|null}>} why each spot may or may not play now */
  function hindrances() {
    return (world.loop && world.loop.spots || []).map((spot) => ({ id: spot.id, hindrance: hindrance(world, spot, now()) }));
  }

  /** Have every card of the loop decoded once, one at a time: then nothing that comes up is a surprise. New live ones go first, and then what will
   * play on without a network. */
  function warm() {
    if (warming) return;
    const spot = cold()[0];
    if (!spot) { settle(); return; }
    warming = true;
    const on = () => { warming = false; shelf.keepOnly(wanted()); setTimeout(warm, 20); };
    shelf.prepare(spot).then(on, on);
  }

  /** @returns {Spot[]} what was neither decoded nor has failed of late */
  function cold() {
    const all = world.loop && world.loop.spots || [];
    const haste = (/** @type {Spot} */ spot) => (world.fresh.indexOf(spot.id) >= 0 ? 0 : isSocial(spot) ? 2 : 1);
    return all.filter((spot) => !world.ready[spot.card] && !(world.barred[spot.card] > now()) && (world.trusted || !isSocial(spot)))
      .map((spot, index) => ({ spot, index })).sort((a, b) => haste(a.spot) - haste(b.spot) || a.index - b.index)
      .map((entry) => entry.spot);
  }

  /** @param {Spot} spot */
  function cardReady(spot) {
    delete failures[spot.card];
    delete troubles[spot.card];
    world = Object.assign({}, world, { ready: Object.assign({}, world.ready, { [spot.card]: true }) });
    parts.onReady(spot);
    if (world.fresh.indexOf(spot.id) >= 0) setTimeout(tick, 0);
  }

  /** @param {Spot} spot @param {Error} error */
  function cardFailed(spot, error) {
    failures[spot.card] = (failures[spot.card] || 0) + 1;
    const until = now() + BARRED * Math.pow(2, Math.min(failures[spot.card] - 1, 6));
    world = Object.assign({}, world, { barred: Object.assign({}, world.barred, { [spot.card]: until }) });
    if (due[spot.card]) journal.failed(spot);
    delete due[spot.card];
    troubles[spot.card] = 'spot ' + spot.id + ': ' + String(error && error.message || error);
    parts.onShowing(world.current && world.current.spot, troubles[spot.card]);
    setTimeout(tick, 0);
  }

  /** @returns {string|null} what is wrong with a card that is left out just now */
  function trouble() {
    const out = Object.keys(world.barred).filter((card) => world.barred[card] > now() && troubles[card])[0];
    return out ? troubles[out] : null;
  }

  /** Tell, when it is so, that the glass is as the documents say. */
  function settle() {
    if (!leaving && !cold().length && !next(world, now()).reason) parts.onSettled(world);
  }

  return {
    tick,
    /** @returns {World} */
    world: () => world,
    /** @param {string} topic @param {any} doc */
    absorb(topic, doc) {
      world = absorbed(world, topic, doc);
      if (topic.indexOf('store:') === 0) this.refill();
      forgetUnnamed();
      tick();
      settle();
    },
    /** The line is up again: what failed may work now. */
    forgive() {
      world = Object.assign({}, world, { barred: {} });
      tick();
    },
    /** Prices, stock and opening times may have changed. */
    refill() {
      if (visible) parts.fill(visible, world);
    },
    /** The glass has other proportions: the card that stands is laid out anew, without a new play. */
    restage() {
      shelf.reset();
      world = Object.assign({}, world, { ready: {}, barred: {} });
      const standing = world.current;
      if (!standing) { tick(); return; }
      shelf.prepare(standing.spot).then((made) => {
        if (made && world.current === standing && shelf.take(standing.spot)) {
          visible = made;
          parts.fill(made, world);
          stage.show(made.layer, { cut: true });
        } else if (!made) vacate('cut');
        tick();
      });
    },
    /** End the play that stands, since the page goes. @param {string} reason */
    stop(reason) {
      clearTimeout(timer);
      finish(reason);
    },
    /** For whoever asks at the console of the browser. */
    explain: hindrances,
  };

  /** Keep the notes about cards to those that are named. */
  function forgetUnnamed() {
    /** @type {Object<string, true>} */
    const named = {};
    (world.loop && world.loop.spots || []).forEach((spot) => { named[spot.card] = true; });
    /** @param {Object<string, any>} notes @returns {Object<string, any>} */
    const only = (notes) => {
      /** @type {Object<string, any>} */
      const kept = {};
      Object.keys(notes).filter((card) => named[card]).forEach((card) => { kept[card] = notes[card]; });
      return kept;
    };
    world = Object.assign({}, world, { ready: only(world.ready), barred: only(world.barred) });
    troubles = only(troubles);
  }
}
