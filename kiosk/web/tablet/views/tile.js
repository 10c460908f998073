/** A product on the wall: its picture in its own colour, what it is, what it costs, and a touch that puts it into the bag. */

import { html, nothing } from '../../../../vendor/lit-html/lit-html.js';
import { t } from '../../shared/words.js';
import { priceOf } from '../parts/facts.js';
import { check, plus } from '../parts/icons.js';
import { picture } from '../parts/picture.js';
import { properties, room } from '../parts/room.js';
import { inStock } from '../range/shelf.js';

/** @typedef {import('../range/shelf.js').Item} Item */

const DOTS = 5;

/** @param {import('../range/shelf.js').Tile} tile @param {import('../glass.js').Scene} scene */
export function tile({ item, shades, from }, { state, act }) {
  const held = state.bag.some((one) => one.variant === item.id);
  return html`<article class="tile" ${room(item.room)}>
    <button class="tile-open" @click=${() => act.open(item.id)}>
      ${picture(item, { sizes: '20rem', kind: 'tile-picture' })}
      <span class="tile-words"><span class="tile-title">${item.title}</span><span class="tile-facts">${priceOf(item, from)}${inStock(item) ? nothing : html`<span class="tile-out">${t('None here')}</span>`}</span>${dots(shades)}</span>
    </button>
    ${adder(item, held, act)}
  </article>`;
}

/** @param {Item} item @param {boolean} held @param {import('../glass.js').Act} act */
function adder(item, held, act) {
  const label = held ? t('{name} is in the bag', { name: nameOf(item) }) : t('Add {name} to the bag', { name: nameOf(item) });
  return html`<button class="tile-add ${held ? 'held' : ''}" aria-label=${label} aria-pressed=${held} @click=${(/** @type {Event} */ event) => act.toggle(item.id, /** @type {Element} */ (event.currentTarget).parentElement)}>${held ? check() : plus()}</button>`;
}

/** @param {Item[]} shades */
function dots(shades) {
  if (!shades.length) return nothing;
  const more = shades.length - DOTS;
  return html`<span class="dots"><span class="sr">${t('{n} shades', { n: shades.length })}</span>${shades.slice(0, DOTS).map((shade) => html`<i class="dot" ${properties({ '--swatch': shade.swatch || '' })}></i>`)}${more > 0 ? html`<span class="dots-more" aria-hidden="true">+${more}</span>` : nothing}</span>`;
}

/** @param {Item} item @returns {string} with its shade, for who only hears it */
export function nameOf(item) {
  return item.colour && !item.title.includes(item.colour) ? `${item.title}, ${item.colour}` : item.title;
}

/** What stands in a tile's place while there is none. @param {number} count */
export function skeletons(count) {
  return html`<div class="wall-rows" aria-hidden="true">${Array.from({ length: count }, () => html`<span class="tile tile-skeleton"></span>`)}</div>`;
}
