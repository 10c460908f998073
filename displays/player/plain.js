/** Lays out a card and the slate as simply as possible: stands in where card.js and slate.js are not wanted (tests of the player alone). */

import { aspectOf } from './aspect.js';

/** @param {string} html @param {HTMLElement} layer @param {{width: number, height: number}} size */
export function mount(html, layer, size) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const root = /** @type {HTMLElement} */ (document.importNode(/** @type {Element} */ (page.querySelector('.card')), true));
  const fits = (root.getAttribute('data-fit') || '').split(' ').map((fit) => fit.split('=')[0]);
  if (fits.indexOf(aspectOf(size.width, size.height)) < 0) throw new Error('the card does not fit a glass of ' + size.width + ' by ' + size.height);
  ['field', 'ink'].forEach((name) => root.style.setProperty('--' + name, root.getAttribute('data-' + name)));
  layer.appendChild(root);
  const images = Array.from(root.querySelectorAll('img[src]'));
  const decoded = Promise.all(images.map((image) => /** @type {HTMLImageElement} */ (image).decode()));
  return { root, decoded, fill: () => undefined };
}
