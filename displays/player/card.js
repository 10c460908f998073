/** Mounts a card: its HTML in a stage, colours through the CSSOM, the step of its text for the stage's shape, its slots. Pure DOM. */

import { aspectOf } from './aspect.js';
import { priceParts, timeLine, whereLines } from './slots.js';

/** @typedef {import('./slots.js').World} Facts */
/** @typedef {{root: HTMLElement, decoded: Promise<void>, fill: (facts: Facts) => void}} Mounted */

const COLOURS = ['field', 'ink', 'soft', 'accent'];
/** What must lie whole in its room. */
const PARTS = 'p, h1, h2, .words, .author, .facts, .terms, .tag-line, .qr';
const ROOMS = '.column, .tile, .aside, .rise';
const LONGEST_DECODE = 20000;

/**
 * Put a card into a stage. The stage must be laid out and have --u (px) set on it or above it.
 * @param {string} html the card as it is kept @param {HTMLElement} stage
 * @param {{assets?: (path: string) => string, life?: number, width?: number, height?: number}} [how] assets: where /media and /qr really
 *   are; life: seconds that it will stand; width, height: of the stage in px, where it is not yet laid out
 * @returns {Mounted}
 */
export function mount(html, stage, how) {
  const options = how || {};
  const root = parsed(html, stage.ownerDocument, options.assets);
  colour(root);
  all(root, '[data-field]').forEach(colour);
  all(root, '[data-backdrop]').forEach(backdrop);
  if (options.life) root.style.setProperty('--life', options.life + 's');
  stage.appendChild(root);
  shape(root, options.width || stage.clientWidth, options.height || stage.clientHeight);
  return { root, decoded: decode(root), fill: (facts) => fill(root, facts) };
}

/**
 * Whether a card may be shown at this size: composed for its shape and, measured now, nothing overflows.
 * @param {HTMLElement} root @param {number} width @param {number} height px
 */
export function fits(root, width, height) {
  return stepFor(root, width, height) !== null && overflowing(root) === null;
}

/** The step of the text for this shape, or null if the card was not composed for it.
 * @param {HTMLElement} root @param {number} width @param {number} height */
export function stepFor(root, width, height) {
  const name = aspectOf(width, height);
  const found = (root.getAttribute('data-fit') || '').split(' ').filter((part) => part.split('=')[0] === name)[0];
  return found ? Number(found.split('=')[1]) : null;
}

/** Lay the card out for a size: again whenever the stage changes. @param {HTMLElement} root @param {number} width @param {number} height */
export function shape(root, width, height) {
  const wide = width >= height;
  root.classList.toggle('landscape', wide);
  root.classList.toggle('portrait', !wide);
  root.setAttribute('data-aspect', wide ? 'landscape' : 'portrait');
  root.setAttribute('data-shape', aspectOf(width, height));
  const step = stepFor(root, width, height);
  root.setAttribute('data-step', step === null ? root.getAttribute('data-steps') || '1' : String(step));
  settle(root);
}

/** Take smaller steps until everything has room: a stage may be squarer than its class, or a typeface may not have come.
 * @param {HTMLElement} root */
function settle(root) {
  const last = Number(root.getAttribute('data-steps') || 1);
  let step = Number(root.getAttribute('data-step'));
  while (step < last && overflowing(root)) {
    step += 1;
    root.setAttribute('data-step', String(step));
  }
}

/** The first part that has not room enough, or null. Boxes are compared, not scrolled areas: a tall letter may lean out of its line.
 * @param {HTMLElement} root @returns {Element|null} */
export function overflowing(root) {
  const parts = all(root, PARTS);
  return parts.filter((part) => spills(part) || runsOver(part))[0] || collided(root);
}

/** @param {HTMLElement} part */
function spills(part) {
  const room = /** @type {HTMLElement} */ (part.closest(ROOMS));
  if (!room || part === room || !part.getClientRects().length) return false;
  const a = part.getBoundingClientRect();
  const b = room.getBoundingClientRect();
  return a.top < b.top - 1 || a.left < b.left - 1 || a.bottom > b.bottom + 1 || a.right > b.right + 1;
}

/** A word that is wider than its line. @param {HTMLElement} part */
function runsOver(part) {
  return part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0;
}

/** The word of a trend under the line that stands over it. @param {HTMLElement} root */
function collided(root) {
  const word = /** @type {HTMLElement|null} */ (root.querySelector('.rise .word'));
  const standing = /** @type {HTMLElement|null} */ (root.querySelector('.rise .standing'));
  return word && standing && word.offsetTop < standing.offsetTop + standing.offsetHeight ? word : null;
}

/** @param {HTMLElement} root @param {string} selector @returns {HTMLElement[]} */
function all(root, selector) {
  return /** @type {any} */ (Array.from(root.querySelectorAll(selector)));
}

/** @param {string} html @param {Document} page @param {((path: string) => string)|undefined} assets @returns {HTMLElement} */
function parsed(html, page, assets) {
  // A document of its own runs nothing and loads nothing until the card is taken into the page.
  const made = new DOMParser().parseFromString(html, 'text/html').querySelector('article.card');
  if (!made) throw new Error('This is not a card.');
  const root = /** @type {HTMLElement} */ (page.importNode(made, true));
  if (assets) {
    Array.from(root.querySelectorAll('img[src]')).forEach((image) => {
      image.setAttribute('src', assets(/** @type {string} */ (image.getAttribute('src'))));
    });
  }
  return root;
}

/** @param {HTMLElement} part */
function colour(part) {
  COLOURS.forEach((name) => {
    const value = part.getAttribute('data-' + name) || '';
    if (/^#[0-9a-f]{6}$/i.test(value)) part.style.setProperty('--' + name, value);
  });
  const ink = part.getAttribute('data-ink') || '#ffffff';
  part.classList.toggle('bright', lightness(ink) < 0.5);
}

/** @param {HTMLElement} part */
function backdrop(part) {
  const value = part.getAttribute('data-backdrop') || '';
  if (!/^#[0-9a-f]{6}$/i.test(value)) return;
  part.style.setProperty('--backdrop', value);
  part.classList.add('backed');
}

/** @param {string} hex @returns {number} 0 to 1, roughly as the eye sees it */
function lightness(hex) {
  const channel = (/** @type {number} */ at) => parseInt(hex.substr(at, 2), 16) / 255;
  return 0.3 * channel(1) + 0.59 * channel(3) + 0.11 * channel(5);
}

/** Resolves when every picture is decoded and every typeface is there; rejects if a picture cannot be had.
 * @param {HTMLElement} root @returns {Promise<void>} */
function decode(root) {
  const page = root.ownerDocument;
  void root.offsetWidth; // laying out is what makes the browser ask for the typefaces
  const images = Array.from(root.querySelectorAll('img[src]')).map((image) => decodedImage(/** @type {HTMLImageElement} */ (image)));
  const type = /** @type {any} */ (page).fonts ? /** @type {any} */ (page).fonts.ready : Promise.resolve();
  return Promise.all([Promise.all(images), patient(type)]).then(() => settle(root));
}

/** @param {HTMLImageElement} image @returns {Promise<void>} */
function decodedImage(image) {
  // What is not displayed (the other orientation's picture) need not be decoded.
  if (image.offsetParent === null && !image.getClientRects().length) return Promise.resolve();
  return image.decode().catch(() => {
    throw new Error('A picture could not be shown: ' + image.getAttribute('src'));
  });
}

/** A typeface that never comes must not keep a card from the glass: there is another in its stack.
 * @param {Promise<any>} wanted */
function patient(wanted) {
  return Promise.race([wanted, new Promise((resolve) => { setTimeout(resolve, LONGEST_DECODE); })]);
}

/** @param {HTMLElement} root @param {Facts} facts */
function fill(root, facts) {
  each(root, 'price', (slot) => showPrice(slot, priceParts(variant(slot), facts)));
  each(root, 'time', (slot) => { slot.textContent = timeLine(slot.getAttribute('datetime') || '', facts); });
  each(root, 'qr', (slot) => showQr(slot, facts.qr || null));
  settle(root);
  each(root, 'where', (slot) => showWhere(root, slot, whereLines(variant(slot).split(' '), facts)));
}

/** @param {HTMLElement} slot */
function variant(slot) {
  return slot.getAttribute('data-variant') || '';
}

/** @param {HTMLElement} root @param {string} name @param {(slot: HTMLElement) => void} action */
function each(root, name, action) {
  Array.from(root.querySelectorAll('[data-slot="' + name + '"]')).forEach((slot) => action(/** @type {HTMLElement} */ (slot)));
}

/** @param {HTMLElement} slot @param {{now: string, was: string|null}|null} price */
function showPrice(slot, price) {
  slot.textContent = price ? price.now : '';
  if (!price || !price.was) return;
  const was = slot.ownerDocument.createElement('s');
  was.className = 'was';
  was.textContent = price.was;
  slot.appendChild(was);
}

/** @param {HTMLElement} slot @param {string|null} address */
function showQr(slot, address) {
  const frame = /** @type {HTMLElement} */ (slot.parentNode);
  frame.classList.toggle('vacant', !address);
  if (address && slot.getAttribute('src') !== address) slot.setAttribute('src', address);
}

/** Lines are tried from the fullest to the shortest until the card holds them.
 * @param {HTMLElement} root @param {HTMLElement} slot @param {string[]} lines */
function showWhere(root, slot, lines) {
  slot.textContent = '';
  const full = overflowing(root);
  for (let n = 0; n < lines.length; n += 1) {
    putLine(slot, lines[n]);
    if (full || !overflowing(root)) return;
  }
}

/** How far it is stays together, on a line of its own if need be. @param {HTMLElement} slot @param {string} line */
function putLine(slot, line) {
  const comma = line.lastIndexOf(', ');
  slot.textContent = comma < 0 ? line : line.slice(0, comma + 2);
  if (comma < 0) return;
  const walk = slot.ownerDocument.createElement('span');
  walk.className = 'walk';
  walk.textContent = line.slice(comma + 2);
  slot.appendChild(walk);
}
