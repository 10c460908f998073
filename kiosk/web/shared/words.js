/** Says things in the shopper's language: words from the catalogue of that language, prices, times and distances as it writes them. */

/** @typedef {'en'|'vi'|'nb'} Language */
/** @typedef {{amount: number, currency: string, digits: number, was?: number|null}} Price in minor units, of which 10 to the power of digits make one */

const LOCALES = { en: 'en-GB', vi: 'vi-VN', nb: 'nb-NO' };
/** @type {Language[]} */
export const LANGUAGES = ['en', 'vi', 'nb'];
/** @type {Record<Language, string>} */
export const NAMES = { en: 'English', vi: 'Tiếng Việt', nb: 'Norsk' };

/** @type {Language} */
let language = 'en';
/** English words to those of the language, an array where there is a plural. @type {Record<string, string|string[]>} */
let catalogue = {};
/** @type {Map<string, any>} */
const formats = new Map();

/** @returns {Language} */
export function spoken() {
  return language;
}

/** Speak another language from now on; what has no words in it stays English. @param {string} wanted @param {string} base address of the static tree
 * @returns {Promise<void>} */
export async function speak(wanted, base) {
  const next = LANGUAGES.find((one) => one === wanted.slice(0, 2)) || 'en';
  const words = next === 'en' ? {} : await fetch(`${base}/words/${next}.json`).then((answer) => (answer.ok ? answer.json() : {}), () => ({}));
  language = next;
  catalogue = words;
  formats.clear();
  document.documentElement.lang = next;
}

/** The words for an English sentence; {name} stands for a value. @param {string} english @param {Record<string, string|number>} [values] @returns {string} */
export function t(english, values) {
  const found = catalogue[english];
  return filled(typeof found === 'string' && found ? found : english, values);
}

/** The same with a number that decides the form: n(one, other, count). @param {string} one @param {string} other @param {number} count
 * @param {Record<string, string|number>} [values] @returns {string} */
export function n(one, other, count, values) {
  const found = catalogue[one];
  const single = format('plural', () => new Intl.PluralRules(LOCALES[language])).select(count) === 'one';
  const forms = Array.isArray(found) && found.every(Boolean) ? found : [one, other];
  return filled(forms[single ? 0 : forms.length - 1], { n: number(count), ...values });
}

/** @param {Price|{amount: number, currency: string, digits: number}} price @returns {string} */
export function price({ amount, currency, digits }) {
  const style = /** @type {const} */ ({ style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits });
  try {
    return format(`price ${currency} ${digits}`, () => new Intl.NumberFormat(LOCALES[language], style)).format(amount / 10 ** digits);
  } catch {
    return `${amount / 10 ** digits} ${currency}`;
  }
}

/** @param {number} value @returns {string} */
export function number(value) {
  return format('number', () => new Intl.NumberFormat(LOCALES[language])).format(value);
}

/** The time on a clock, such as 10:42. @param {number|string|Date} moment @param {string} [zone] IANA @returns {string} */
export function time(moment, zone) {
  const options = /** @type {const} */ ({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone });
  return format(`time ${zone}`, () => new Intl.DateTimeFormat(LOCALES[language], options)).format(new Date(moment));
}

/** A day, such as Sunday or 3 May. @param {number|string|Date} moment @param {{weekday?: boolean, zone?: string}} [how] @returns {string} */
export function day(moment, { weekday = false, zone } = {}) {
  /** @type {Intl.DateTimeFormatOptions} */
  const options = weekday ? { weekday: 'long', timeZone: zone } : { day: 'numeric', month: 'long', timeZone: zone };
  return format(`day ${weekday} ${zone}`, () => new Intl.DateTimeFormat(LOCALES[language], options)).format(new Date(moment));
}

/** @param {number} metres @returns {string} */
export function distance(metres) {
  const near = metres < 950;
  const options = /** @type {const} */ ({ style: 'unit', unit: near ? 'meter' : 'kilometer', maximumFractionDigits: metres < 9950 ? 1 : 0 });
  return format(`distance ${near} ${metres < 9950}`, () => new Intl.NumberFormat(LOCALES[language], options)).format(near ? Math.round(metres / 10) * 10 : metres / 1000);
}

/** @template T @param {string} key @param {() => T} make @returns {T} */
function format(key, make) {
  if (!formats.has(key)) formats.set(key, make());
  return formats.get(key);
}

/** @param {string} text @param {Record<string, string|number>} [values] @returns {string} */
function filled(text, values) {
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole)) : text;
}
