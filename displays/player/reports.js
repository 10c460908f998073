/** Tells the server what this screen has, shows and suffers; what could not be told is told when the line is back. */

/** @typedef {import('./types.js').Spot} Spot */
/** @typedef {import('../../server/core/web/device/versions.js').Entry} Entry */

const KEPT = 50;
const LONGEST_ERROR = 300;

/**
 * @param {{send: (message: any) => boolean, now: () => number, size: () => {width: number, height: number}}} parts
 */
export function createReports(parts) {
  /** The version last reported as applied, by topic. @type {Object<string, string>} */
  let told = {};
  /** When each live spot was first named to this page, and which were reported ready. @type {Object<string, number>} */
  let arrived = {};
  /** @type {Object<string, true>} */
  let ready = {};
  /** @type {any[]} */
  let untold = [];
  /** @type {any} */
  let last = null;
  /** @type {string|null} */
  let trouble = null;

  /** @param {any} message */
  function tell(message) {
    if (!parts.send(message)) untold = untold.concat(message).slice(-KEPT);
  }

  function showNow() {
    if (last) parts.send(last);
  }

  return {
    /** @param {Entry} entry */
    received(entry) {
      if (entry.topic.indexOf('loop:') !== 0) return;
      /** @type {Object<string, number>} */
      const times = {};
      /** @type {Object<string, true>} */
      const still = {};
      (entry.doc.spots || []).filter((/** @type {Spot} */ spot) => spot.live).forEach((/** @type {Spot} */ spot) => {
        times[spot.id] = arrived[spot.id] || parts.now();
        if (ready[spot.id]) still[spot.id] = true;
      });
      arrived = times;
      ready = still;
    },
    /** @param {Spot} spot that was decoded */
    ready(spot) {
      if (!spot.live || ready[spot.id] || !arrived[spot.id]) return;
      ready[spot.id] = true;
      tell({ type: 'ready', spot: spot.id, at: Math.round(parts.now()), received: Math.round(arrived[spot.id]) });
    },
    /** @param {Entry|undefined} entry whose content is what the glass shows now */
    applied(entry) {
      if (!entry || told[entry.topic] === String(entry.version)) return;
      const sent = parts.send({ type: 'applied', topic: entry.topic, version: entry.version, at: Math.round(parts.now()) });
      if (sent) told[entry.topic] = String(entry.version);
    },
    /** @param {Spot|null} spot null: the slate @param {string|null} error */
    showing(spot, error) {
      const { width, height } = parts.size();
      const text = error || trouble;
      trouble = null;
      last = { type: 'showing', spot: spot && spot.id, at: Math.round(parts.now()), width, height, error: text && text.slice(0, LONGEST_ERROR) };
      showNow();
    },
    /** @param {string} text */
    error(text) {
      trouble = text;
      if (last) { last = Object.assign({}, last, { at: Math.round(parts.now()), error: text.slice(0, LONGEST_ERROR) }); showNow(); }
    },
    /** The line is back, and the other side may be another process that knows nothing of before. */
    resume() {
      told = {};
      const rest = untold;
      untold = [];
      showNow();
      rest.forEach(tell);
    },
  };
}
