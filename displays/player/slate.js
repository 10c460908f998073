/** Draws the slate: the house's name or logo in its own room, with a slow light. The last resort, so it needs nothing but the page. */

const COLOURS = { field: '#1d1a24', ink: '#f7f3ec', accent: '#d9a441' };
const LONG = 14;

/**
 * Draw it anew; the element must lie in a stage that has --u. Without the network a logo that isn't kept is left out: the name stands instead.
 * @param {HTMLElement} slate
 * @param {{name?: string, logo?: string|null, field?: string, ink?: string, accent?: string, display?: string, text?: string}} brand
 * @param {{assets?: (path: string) => string}} [how] where /media really is
 */
export function drawSlate(slate, brand, how) {
  const page = slate.ownerDocument;
  const sign = element(page, 'div', 'slate-sign');
  const room = element(page, 'div', 'slate-room card');
  room.setAttribute('data-display', brand.display || 'fraunces');
  room.setAttribute('data-text', brand.text || 'source-sans-3');
  Object.keys(COLOURS).forEach((key) => room.style.setProperty('--' + key, hex(/** @type {any} */ (brand)[key]) || /** @type {any} */ (COLOURS)[key]));
  room.appendChild(element(page, 'div', 'slate-light'));
  room.appendChild(sign);
  const name = brand.name || 'Vitrine';
  sign.appendChild(brand.logo ? logo(page, '/media/' + brand.logo, name, how) : lettering(page, name));
  sign.appendChild(element(page, 'div', 'slate-rule'));
  slate.textContent = '';
  slate.appendChild(room);
}

/** @param {Document} page @param {string} path @param {string} name @param {{assets?: (path: string) => string}|undefined} how */
function logo(page, path, name, how) {
  const image = /** @type {HTMLImageElement} */ (element(page, 'img', 'slate-logo'));
  image.alt = name;
  image.addEventListener('error', () => { if (image.parentNode) image.parentNode.replaceChild(lettering(page, name), image); });
  image.src = how && how.assets ? how.assets(path) : path;
  return image;
}

/** @param {Document} page @param {string} name */
function lettering(page, name) {
  const made = element(page, 'p', 'slate-name' + (name.length > LONG ? ' slate-long' : ''));
  made.dir = 'auto';
  made.textContent = name;
  return made;
}

/** @param {Document} page @param {string} tag @param {string} kind @returns {HTMLElement} */
function element(page, tag, kind) {
  const made = page.createElement(tag);
  made.className = kind;
  return made;
}

/** @param {any} value */
function hex(value) {
  return typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value) ? value : null;
}
