/** Says what a card's slots say here and now: price, where to get it, when it was posted. Pure: no DOM, no clock of its own. */

import { opening } from '../../server/core/web/device/hours.js';

/**
 * @typedef {object} World what a screen knows
 * @property {any} screen its `screen:` document
 * @property {Object<string, any>} stores `store:` documents by store id
 * @property {number} now server time in milliseconds
 * @property {string|null} [qr] address of the spot's code
 */

/**
 * @typedef {object} Choice where to send somebody
 * @property {string} name @property {number} minutes
 * @property {number} holds how many of the wanted variants are there
 * @property {number|null} left how many of the one wanted are left, if the count is fresh and small enough to matter
 * @property {boolean} sure whether stock was reported lately enough to be claimed
 * @property {import('../../server/core/web/device/hours.js').Opening} opening for whoever sets out now
 */

const FEW = 9;
const LOCALES = { en: 'en-GB', vi: 'vi-VN', nb: 'nb-NO' };
/** @type {Object<string, any>} */
const WORDS = {
  en: {
    left: '{n} left at {store}', stock: 'In stock at {store}', at: 'At {store}',
    all: 'All {n} at {store}', both: 'Both at {store}', some: '{k} of {n} at {store}',
    minute: '{m} minute’s walk', minutes: '{m} minutes’ walk',
    today: '{store} opens at {time}', tomorrow: '{store} opens tomorrow at {time}', later: '{store} opens {day} at {time}',
  },
  vi: {
    left: 'Còn {n} tại {store}', stock: 'Có sẵn tại {store}', at: 'Tại {store}',
    all: 'Cả {n} đều có tại {store}', both: 'Cả hai đều có tại {store}', some: '{k} trong {n} món có tại {store}',
    minute: 'đi bộ {m} phút', minutes: 'đi bộ {m} phút',
    today: '{store} mở cửa lúc {time}', tomorrow: '{store} mở cửa lúc {time} ngày mai', later: '{store} mở cửa lúc {time} {day}',
  },
  nb: {
    left: '{n} igjen hos {store}', stock: 'På lager hos {store}', at: 'Hos {store}',
    all: 'Alle {n} hos {store}', both: 'Begge hos {store}', some: '{k} av {n} hos {store}',
    minute: '{m} minutt å gå', minutes: '{m} minutter å gå',
    today: '{store} åpner kl. {time}', tomorrow: '{store} åpner i morgen kl. {time}', later: '{store} åpner {day} kl. {time}',
  },
};

/** The price at the nearest store that names one. @param {string} variant @param {World} facts @returns {{now: string, was: string|null}|null} */
export function priceParts(variant, facts) {
  const found = near(facts).map((one) => (one.doc.prices || {})[variant]).filter(Boolean)[0];
  if (!found) return null;
  const locale = localeOf(facts);
  const now = money(found.amount, found, locale);
  return now ? { now, was: found.was > found.amount ? money(found.was, found, locale) : null } : null;
}

/** @param {string} iso @param {World} facts @returns {string} day and time in the screen's zone and language, the year if it is another */
export function timeLine(iso, facts) {
  const moment = new Date(iso);
  if (isNaN(moment.getTime())) return '';
  const zone = zoneOf(facts);
  const year = (/** @type {Date} */ date) => date.toLocaleDateString('en-GB', { timeZone: zone, year: 'numeric' });
  /** @type {any} */
  const shape = { timeZone: zone, day: 'numeric', month: 'long' };
  if (year(moment) !== year(new Date(facts.now))) shape.year = 'numeric';
  return moment.toLocaleDateString(localeOf(facts), shape) + ', ' + clock(moment, zone, localeOf(facts));
}

/** The one line of where to get it, fullest first, so that a narrow card can take a shorter one; empty if no store near here has it.
 * @param {string[]} variants @param {World} facts @returns {string[]} */
export function whereLines(variants, facts) {
  const choice = choose(variants, facts);
  if (!choice) return [];
  const words = wordsOf(facts);
  const place = placed(choice, variants.length, words, facts);
  const walk = fillIn(choice.minutes === 1 ? words.minute : words.minutes, { m: choice.minutes });
  return choice.minutes > 0 ? [place + ', ' + walk, place] : [place];
}

/** The store to send somebody to: one that will be open on arrival before one that will not, then whichever has more of what is shown,
 * then the nearest. @param {string[]} variants @param {World} facts @returns {Choice|null} */
export function choose(variants, facts) {
  const choices = near(facts).map((one) => weighed(one, variants, facts)).filter((one) => one.holds > 0);
  const rank = (/** @type {Choice} */ one) => (one.opening.open ? 0 : 1);
  return choices.sort((a, b) => rank(a) - rank(b) || b.holds - a.holds || a.minutes - b.minutes)[0] || null;
}

/** @param {{name: string, minutes: number, doc: any}} one @param {string[]} variants @param {World} facts @returns {Choice} */
function weighed(one, variants, facts) {
  const held = variants.map((variant) => (one.doc.stock || {})[variant]).filter(inStock);
  const fresh = held.filter((stock) => facts.now - Date.parse(stock.as_of) <= oldest(facts));
  const count = variants.length === 1 && fresh.length === 1 ? fresh[0].quantity : null;
  return {
    name: one.doc.name || one.name,
    minutes: one.minutes,
    holds: held.length,
    left: count !== null && count !== undefined && count <= FEW ? count : null,
    sure: held.length > 0 && fresh.length === held.length,
    opening: opening(one.doc, facts.now, one.minutes * 60000),
  };
}

/** @param {Choice} choice @param {number} wanted @param {any} words @param {World} facts */
function placed(choice, wanted, words, facts) {
  const store = isolated(choice.name);
  if (!choice.opening.open) return opens(choice, store, words, facts);
  if (wanted > 1) {
    const key = choice.holds < wanted ? 'some' : wanted === 2 ? 'both' : 'all';
    return fillIn(words[key], { store, n: wanted, k: choice.holds });
  }
  if (choice.left !== null) return fillIn(words.left, { store, n: choice.left });
  return fillIn(choice.sure ? words.stock : words.at, { store });
}

/** @param {Choice} choice @param {string} store @param {any} words @param {World} facts */
function opens(choice, store, words, facts) {
  const { at, days, zone } = choice.opening;
  if (at === null) return fillIn(words.at, { store });
  const moment = new Date(at);
  const day = moment.toLocaleDateString(localeOf(facts), { timeZone: zone, weekday: 'long' });
  const key = days === 0 ? 'today' : days === 1 ? 'tomorrow' : 'later';
  return fillIn(words[key], { store, day, time: clock(moment, zone, localeOf(facts)) });
}

/** Stores of the screen whose documents are here, nearest first. @param {World} facts @returns {Array<{name: string, minutes: number, doc: any}>} */
function near(facts) {
  const listed = (facts.screen && facts.screen.stores) || [];
  return listed
    .filter((/** @type {any} */ one) => facts.stores[one.id] && !facts.stores[one.id].gone)
    .map((/** @type {any} */ one) => ({ name: one.name, minutes: one.minutes, doc: facts.stores[one.id] }))
    .sort((/** @type {any} */ a, /** @type {any} */ b) => a.minutes - b.minutes);
}

/** @param {any} stock */
function inStock(stock) {
  return Boolean(stock) && stock.availability !== 'out_of_stock' && stock.quantity !== 0;
}

/** @param {World} facts @returns {number} ms */
function oldest(facts) {
  const seconds = facts.screen && facts.screen.stock_max_age_seconds;
  return (typeof seconds === 'number' ? seconds : 7200) * 1000;
}

/** An amount as the language writes it, with the decimals that it is counted in: engines have habits of their own (no decimals for HUF or IDR).
 * @param {number} amount in minor units @param {{currency: string, digits?: number}} price a document of before has no digits: then the engine's have to do
 * @param {string} locale @returns {string|null} */
function money(amount, { currency, digits }, locale) {
  /** @type {Intl.NumberFormatOptions} */
  const shape = { style: 'currency', currency };
  if (typeof digits === 'number') shape.minimumFractionDigits = shape.maximumFractionDigits = digits;
  try {
    const format = new Intl.NumberFormat(locale, shape);
    return format.format(amount / Math.pow(10, Number(format.resolvedOptions().maximumFractionDigits)));
  } catch (error) {
    return null; // not a currency: no price is better than a wrong one
  }
}

/** @param {Date} moment @param {string} zone @param {string} locale */
function clock(moment, zone, locale) {
  return moment.toLocaleTimeString(locale, { timeZone: zone, hour: '2-digit', minute: '2-digit', hour12: false });
}

/** @param {World} facts @returns {string} */
function zoneOf(facts) {
  return (facts.screen && facts.screen.time_zone) || 'UTC';
}

/** @param {World} facts @returns {'en'|'vi'|'nb'} */
function languageOf(facts) {
  const code = String((facts.screen && facts.screen.language) || 'en').split('-')[0].toLowerCase();
  return /** @type {any} */ (WORDS[code] ? code : 'en');
}

/** @param {World} facts */
function localeOf(facts) { return LOCALES[languageOf(facts)]; }

/** @param {World} facts */
function wordsOf(facts) { return WORDS[languageOf(facts)]; }

/** A name in a right-to-left script keeps to itself. @param {string} name */
function isolated(name) {
  return /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/.test(name) ? '\u2068' + name + '\u2069' : name;
}

/** @param {string} pattern @param {Object<string, any>} values */
function fillIn(pattern, values) {
  return pattern.replace(/{(\w+)}/g, (_, name) => String(values[name]));
}
