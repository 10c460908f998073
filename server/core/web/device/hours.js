/** Whether a store is open when somebody who sets out now gets there, and if not, when it opens: in the store's own time zone. Pure. */

/** @typedef {{open: boolean, at: number|null, days: number, zone: string}} Opening at: when it next opens (ms), if closed and known; days: in how many days */

const DAY = 86400000;
const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** To make a zone's format costs a weak player milliseconds, and one store asks for some 40. @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();
/** A screen has five stores at most, seldom in two zones. */
const ZONES = 8;

/**
 * @param {any} store a `store:` document @param {number} now ms @param {number} walk ms on foot
 * @returns {Opening} a store that says nothing about its hours is taken to be open
 */
export function opening(store, now, walk) {
  const zone = store.time_zone || 'UTC';
  if (!store.hours || !Object.keys(store.hours).length) return { open: true, at: null, days: 0, zone };
  const spans = spansFrom(store, now, zone);
  if (spans.some(([from, until]) => from <= now + walk && now + walk < until)) return { open: true, at: null, days: 0, zone };
  const next = spans.filter(([from]) => from > now)[0];
  return { open: false, at: next ? next[0] : null, days: next ? daysBetween(now, next[0], zone) : 0, zone };
}

/** Opening spans from yesterday (one may last past midnight) to a week from now, in ms, in order.
 * @param {any} store @param {number} now @param {string} zone @returns {Array<[number, number]>} */
function spansFrom(store, now, zone) {
  /** @type {Array<[number, number]>} */
  const spans = [];
  const today = dateIn(now, zone);
  for (let day = -1; day <= 8; day += 1) {
    const date = new Date(Date.parse(today) + day * DAY).toISOString().slice(0, 10);
    hoursOf(store, date).forEach(([from, until]) => {
      const start = momentOf(date, from, zone);
      const end = momentOf(date, until, zone);
      if (isFinite(start) && isFinite(end)) spans.push([start, end > start ? end : end + DAY]);
    });
  }
  return spans.sort((a, b) => a[0] - b[0]);
}

/** @param {any} store @param {string} date yyyy-mm-dd @returns {Array<[string, string]>} */
function hoursOf(store, date) {
  const exception = (store.exceptions || {})[date];
  return exception || store.hours[NAMES[new Date(date + 'T00:00:00Z').getUTCDay()]] || [];
}

/** The moment when clocks in the zone show this. @param {string} date @param {string} time hh:mm @param {string} zone @returns {number} ms */
function momentOf(date, time, zone) {
  const wanted = Date.parse(date + 'T00:00:00Z') + minutesOf(time) * 60000;
  // Twice: the first guess may lie on the other side of a change of the clocks.
  const guess = wanted - offset(wanted, zone);
  return wanted - offset(guess, zone);
}

/** @param {string} time hh:mm, up to 24:00 @returns {number} */
function minutesOf(time) {
  const found = /^(\d{1,2}):(\d{2})$/.exec(time);
  return found ? Number(found[1]) * 60 + Number(found[2]) : NaN;
}

/** How far the zone's clocks are ahead of UTC. @param {number} moment @param {string} zone @returns {number} ms */
function offset(moment, zone) {
  if (!isFinite(moment)) return NaN;
  const p = partsIn(moment, zone);
  const shown = Date.UTC(p.year, p.month - 1, p.day, p.hour % 24, p.minute, p.second);
  return shown - Math.floor(moment / 1000) * 1000;
}

/** @param {number} now @param {number} then @param {string} zone */
function daysBetween(now, then, zone) {
  return Math.round((Date.parse(dateIn(then, zone)) - Date.parse(dateIn(now, zone))) / DAY);
}

/** @param {number} moment @param {string} zone @returns {string} yyyy-mm-dd */
function dateIn(moment, zone) {
  const p = partsIn(moment, zone);
  return new Date(Date.UTC(p.year, p.month - 1, p.day)).toISOString().slice(0, 10);
}

/** @param {number} moment @param {string} zone @returns {Object<string, number>} */
function partsIn(moment, zone) {
  /** @type {Object<string, number>} */
  const found = {};
  formatOf(zone).formatToParts(new Date(moment)).forEach((part) => { found[part.type] = Number(part.value); });
  return found;
}

/** @param {string} zone @returns {Intl.DateTimeFormat} */
function formatOf(zone) {
  const kept = formats.get(zone);
  if (kept) return kept;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hour12: false, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  });
  if (formats.size >= ZONES) formats.clear();
  formats.set(zone, format);
  return format;
}
