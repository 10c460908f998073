/** A product's picture: the sharpest that comes, the one that is kept on the tablet where none does, and its colour until then. */

import { html, nothing } from '../../../../vendor/lit-html/lit-html.js';
import { mediaUrl } from '../range/pictures.js';

const AGAIN = 5000;

/** @param {import('../range/shelf.js').Item} item @param {{sizes: string, most?: number, alt?: string, kind?: string}} how sizes: as of an img;
 * most: pixels of width that are worth fetching */
export function picture(item, { sizes, most = 640, alt = '', kind = '' }) {
  const [small] = item.pictures;
  if (!small) return html`<span class="picture picture-none ${kind}" role=${alt ? 'img' : 'presentation'} aria-label=${alt || nothing} data-initial=${initial(item)}></span>`;
  const fitting = item.pictures.filter(([, width]) => width <= most);
  const sources = (fitting.length ? fitting : [small]).map(([digest, width]) => `${mediaUrl(digest)} ${width}w`).join(', ');
  return html`<img class="picture ${kind}" src=${mediaUrl(small[0])} srcset=${sources} sizes=${sizes} width=${small[1]} height=${small[2]}
    alt=${alt} draggable="false" decoding="async" @error=${fallBack} @load=${arrived}>`;
}

/** @param {Event} event */
function fallBack(event) {
  const image = /** @type {HTMLImageElement} */ (event.target);
  if (image.srcset) { image.removeAttribute('srcset'); return; }
  image.classList.add('picture-missing');
  // It may be on its way to the tablet, or the network may come back while somebody looks.
  setTimeout(() => { if (image.isConnected) image.src = image.src; }, AGAIN);
}

/** @param {Event} event */
function arrived(event) {
  /** @type {HTMLElement} */ (event.target).classList.remove('picture-missing');
}

/** @param {import('../range/shelf.js').Item} item */
function initial(item) {
  return item.title.trim().slice(0, 1);
}
