/** Reads what a scanner typed without asking anybody: EAN and UPC, GS1 element strings, Digital Links, our own addresses. Pure.
 * Rules: GS1 General Specifications (check digit: section 7.9; lengths of elements: figure 7.8.5-2). */

/** @typedef {{gtin?: string, variant?: string, wrong?: 'digit'|'none'}} Read gtin: 14 digits; wrong: a check digit, or no code of an article at all */

const GS = '\x1d';
const LONGEST = 2000;
/** Elements whose length is fixed end without a separator: by their first two digits, digits in all. @type {Record<string, number>} */
const FIXED = {
  '00': 20, '01': 16, '02': 16, '03': 16, '04': 18, 11: 8, 12: 8, 13: 8, 14: 8, 15: 8, 16: 8, 17: 8, 18: 8, 19: 8, 20: 4,
  31: 10, 32: 10, 33: 10, 34: 10, 35: 10, 36: 10, 41: 16,
};

/** Symbology identifiers of what holds elements and nothing else. */
const ELEMENTS_ONLY = [']C1', ']e0', ']d2', ']Q3', ']J1'];
const EAN_8 = ']E4';
const LONGEST_VARIANT = 300;

/** The server reads the same in catalog/codes.py. @param {string} scanned @returns {Read} */
export function readCode(scanned) {
  const whole = stripped(scanned);
  const symbology = (/^\][A-Za-z][0-9]/.exec(whole) || [''])[0];
  const text = stripped(whole.slice(symbology.length));
  if (!text || text.length > LONGEST) return { wrong: 'none' };
  if (/^(https?:|\/)/i.test(text)) return readLink(text);
  const printed = /^\(01\)\s*([0-9]{14})(?=\s*(?:\(|$))/.exec(text);
  if (printed) return checked(printed[1]);
  const digits = plain(text);
  if (ELEMENTS_ONLY.includes(symbology) || !/^([0-9]{6,8}|[0-9]{12,14})$/.test(digits)) return readElements(text);
  return digits.length > 8 || symbology === EAN_8 ? checked(digits) : readShort(digits);
}

/** @param {string} text @returns {string} */
function stripped(text) {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}

/** @param {string} text @returns {string} without what people put between digits */
function plain(text) {
  return text.replace(/[\s\-\u00a0\u2010-\u2013]/g, '');
}

/** @param {string} link an address, or its path alone @returns {Read} */
function readLink(link) {
  const path = (/^(?:https?:)?(?:\/\/[^/?#]*)?([^?#]*)/i.exec(link.replace(/[\t\r\n]/g, '')) || ['', ''])[1];
  let segments;
  try {
    segments = path.replace(/\/$/, '').split('/').map(decodeURIComponent);
  } catch {
    return { wrong: 'none' };
  }
  const last = segments.at(-1) || '';
  if (segments.at(-2) === 'v' && last && [...last].length <= LONGEST_VARIANT) return { variant: last };
  const at = segments.findIndex((segment, index) => ['01', 'gtin'].includes(segment) && index + 1 < segments.length);
  return at < 0 ? { wrong: 'none' } : checked(plain(segments[at + 1]));
}

/** @param {string} text elements one after the other, those of no fixed length ended by FNC1 @returns {Read} */
function readElements(text) {
  let rest = text;
  while (rest) {
    if (rest.startsWith(GS)) rest = rest.slice(1);
    const element = /^0[12]([0-9]{14})/.exec(rest);
    if (element) return checked(element[1]);
    const length = FIXED[rest.slice(0, 2)];
    const end = rest.indexOf(GS);
    if (!/^[0-9]{2}/.test(rest) || (!length && end < 0)) break;
    rest = rest.slice(length || end + 1);
  }
  return { wrong: 'none' };
}

/** @param {string} digits @returns {Read} */
function checked(digits) {
  if (!/^([0-9]{8}|[0-9]{12,14})$/.test(digits) || /^0+$/.test(digits)) return { wrong: 'none' };
  const gtin = digits.padStart(14, '0');
  return isWhole(gtin) ? { gtin } : { wrong: 'digit' };
}

/** A GTIN-8, or a UPC-E, with its check digit or without. @param {string} digits 6 to 8 @returns {Read} */
function readShort(digits) {
  const known = checked(digits);
  const long = known.gtin ? '' : fromUpcE(digits.length === 6 ? '0' + digits : digits);
  const expanded = long ? checked(long) : known;
  return expanded.gtin ? expanded : known;
}

/** @param {string} gtin 14 digits @returns {boolean} whether the last is what the others make it */
export function isWhole(gtin) {
  return checkDigit(gtin.slice(0, 13)) === Number(gtin[13]);
}

/** @param {string} digits 13 @returns {number} */
function checkDigit(digits) {
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (index % 2 ? 1 : 3), 0);
  return (10 - (sum % 10)) % 10;
}

/** A UPC-E is a UPC-A with its zeros left out. @param {string} digits 7 or 8, the first the number system, the eighth the check digit
 * @returns {string} 14 digits, empty where there is no such number system */
function fromUpcE(digits) {
  const [system, a, b, c, d, e, last, check] = digits;
  if (!'01'.includes(system)) return '';
  const middle = '012'.includes(last) ? `${a}${b}${last}0000${c}${d}${e}`
    : last === '3' ? `${a}${b}${c}00000${d}${e}`
      : last === '4' ? `${a}${b}${c}${d}00000${e}`
        : `${a}${b}${c}${d}${e}0000${last}`;
  const number = `00${system}${middle}`;
  return number + (check || checkDigit(number));
}
