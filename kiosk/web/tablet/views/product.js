/** One item: large, in its own room, with its shades and sizes, what it costs, where it is, what others say, what goes with it. */

import { html, nothing } from '../../../../vendor/lit-html/lit-html.js';
import { t } from '../../shared/words.js';
import { asOf, openingOf, priceOf, stockOf } from '../parts/facts.js';
import { bag, check, columns } from '../parts/icons.js';
import { picture } from '../parts/picture.js';
import { properties, room } from '../parts/room.js';
import { itemOf } from '../state.js';
import { beside, said, trends } from './around.js';
import { nameOf } from './tile.js';

/** @typedef {import('../glass.js').Scene} Scene */
/** @typedef {import('../range/shelf.js').Item} Item */

const STORES = 3;
/** Metres: beyond the first is another town, told only where no store is nearer; beyond the second nobody goes for it. */
const NEAR = 25000;
const FAR = 300000;

/** @param {Scene} scene */
export function product(scene) {
  const { state } = scene;
  const id = state.view.id || '';
  const item = itemOf(state, id);
  if (!item) return unknown(scene);
  const told = state.details[id];
  const detail = typeof told === 'object' ? told : null;
  return html`<article class="product"><div class="item">
    <div class="stage">${picture(detail ? { ...item, pictures: detail.item.pictures } : item, { sizes: '60vmin', most: 1200, alt: nameOf(item), kind: 'stage-picture' })}</div>
    <div class="what">
      ${item.brand ? html`<p class="brand">${item.brand}</p>` : nothing}
      <h1 class="name">${item.title}</h1>
      <p class="cost">${priceOf(item)}</p>
      ${shades(scene, item)} ${sizes(scene, item)}
      ${buttons(scene, item)}
      ${stores(scene, item, detail)}
      ${detail?.item.about ? html`<p class="about">${detail.item.about}</p>` : nothing}
      ${trends(detail)}
    </div></div>
    ${said(scene, detail)} ${beside(scene, detail)}
    ${!detail && !state.online ? html`<p class="later">${t('What others say and what goes with it comes back with the network.')}</p>` : nothing}
  </article>`;
}

/** @param {Scene} scene @param {Item} item */
function shades({ state, act }, item) {
  const all = siblings(state, item).filter((one) => one.swatch);
  const byColour = new Map(all.map((one) => [one.colour, one]));
  for (const one of all) if (one.size === item.size || one.id === item.id) byColour.set(one.colour, one);
  byColour.set(item.colour, item);
  if (byColour.size < 2) return item.colour ? html`<p class="shade-name">${item.colour}</p>` : nothing;
  return html`<div class="shades" role="radiogroup" aria-label=${t('Shades')}>${[...byColour.values()].map((one) => html`
    <button class="shade" role="radio" aria-checked=${one.id === item.id} aria-label=${one.colour} @click=${() => act.turn(one.id)} @keydown=${arrows}
      tabindex=${one.id === item.id ? 0 : -1}><i class="swatch" ${properties({ '--swatch': one.swatch || '' })}></i></button>`)}</div>
    <p class="shade-name" aria-live="polite">${item.colour}</p>`;
}

/** Arrow keys go from shade to shade. @param {KeyboardEvent} event */
function arrows(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [.../** @type {Element} */ (/** @type {Element} */ (event.currentTarget).parentElement).children];
  const next = /** @type {HTMLElement} */ (all[(all.indexOf(/** @type {Element} */ (event.currentTarget)) + step + all.length) % all.length]);
  next.focus();
  next.click();
}

/** @param {Scene} scene @param {Item} item */
function sizes({ state, act }, item) {
  if (!item.size) return nothing;
  const own = siblings(state, item).filter((one) => one.colour === item.colour && one.size);
  const all = (own.some((one) => one.id === item.id) ? own : [item, ...own]).sort(bySize);
  return html`<div class="sizes" role="group" aria-label=${t('Sizes')}>${all.map((one) => html`
    <button class="chip" aria-pressed=${one.id === item.id} @click=${() => act.turn(one.id)}>${one.size}</button>`)}</div>`;
}

const LETTERED = ['XXS', 'XS', 'S', 'M', 'L', 'XL', 'XXL', 'XXXL'];

/** As a shelf has them: S before M before L, 38 before 40. @param {Item} one @param {Item} other @returns {number} */
function bySize(one, other) {
  const [a, b] = [one, other].map(({ size }) => LETTERED.indexOf(size.toUpperCase()));
  return a >= 0 && b >= 0 ? a - b : one.size.localeCompare(other.size, undefined, { numeric: true });
}

/** @param {import('../state.js').State} state @param {Item} item @returns {Item[]} */
function siblings(state, item) {
  const here = state.shelf.ofProduct(item.product);
  const detail = state.details[item.id];
  const more = typeof detail === 'object' ? [...(detail.shades || []), ...(detail.sizes || [])] : [];
  const known = new Set(here.map((one) => one.id));
  return [...here, ...more.filter((one) => !known.has(one.id))];
}

/** @param {Scene} scene @param {Item} item */
function buttons({ state, act }, item) {
  const held = state.bag.find((one) => one.variant === item.id);
  const compared = state.compared.includes(item.id);
  return html`<div class="act">
    ${held ? html`<button class="primary held" @click=${act.openBag}>${check()}${t('In your bag')}</button>`
      : html`<button class="primary" ?disabled=${item.gone} @click=${() => act.add(item.id, document.querySelector('.stage'))}>${bag()}${t('Add to bag')}</button>`}
    <button class="second" aria-pressed=${compared} @click=${() => act.compare(item.id)}>${compared ? check() : columns()}${compared ? t('To be compared') : t('Compare')}</button>
  </div>`;
}

/** @param {Scene} scene @param {Item} item @param {import('../state.js').Detail|null} detail */
function stores({ state, clock }, item, detail) {
  const { kiosk } = state;
  const at = { now: clock.now(), maxAge: kiosk.stock_max_age_seconds };
  const stock = (detail?.stock || []);
  const own = stock.find((one) => one.store === kiosk.store.id) || item.stock;
  const here = stockOf(own, at);
  const elsewhere = having(state, item, detail, at);
  return html`<div class="stores">
    <p class="store"><span class="way">${t('Here')}</span><span><strong>${item.gone ? t('No longer sold') : here.words}</strong> <span>${kiosk.store.name}</span>${own ? html` <span class="soft">${asOf(own.as_of, at.now, kiosk.store.time_zone)}</span>` : nothing}</span></p>
    ${elsewhere.map(({ store, told }) => html`<p class="store"><span class="way">${way(store)}</span><span><strong>${told.words}</strong> <span>${store.name}</span> <span class="soft">${openingOf(store, at.now, store.minutes * 60000)}</span></span></p>`)}
    ${detail || item.gone ? nothing : state.online ? html`<p class="store store-skeleton" aria-hidden="true"></p>` : html`<p class="store soft">${t('What other stores have is told when the network is back.')}</p>`}
    ${detail && !here.has && !elsewhere.length && !item.gone ? html`<p class="store soft">${t('No store near here has it. It may still be ordered online.')}</p>` : nothing}
  </div>`;
}

/** The stores that have it and can be walked to, or else the nearest that can be reached in a day.
 * @param {import('../state.js').State} state @param {Item} item @param {import('../state.js').Detail|null} detail @param {{now: number, maxAge: number}} at
 * @returns {Array<{store: any, told: import('../parts/facts.js').Told}>} */
export function having(state, item, detail, at) {
  const stock = detail?.stock || [];
  const all = state.kiosk.nearest.map((/** @type {any} */ store) => ({ store, told: stockOf(stock.find((one) => one.store === store.id), at) }))
    .filter((/** @type {any} */ one) => one.told.has && one.store.metres <= FAR);
  const near = all.filter((/** @type {any} */ one) => one.store.metres <= NEAR);
  return near.length ? near.slice(0, STORES) : all.slice(0, 1);
}

/** @param {any} store */
function way(store) {
  return store.minutes <= 45 ? t('{n} min walk', { n: store.minutes }) : t('{n} km', { n: Math.round(store.metres / 1000) });
}

/** @param {Scene} scene */
function unknown({ state, act }) {
  const failed = state.details[state.view.id || ''] === 'failed';
  if (!failed) return html`<article class="product product-skeleton item" aria-busy="true"><div class="stage"></div><div class="what"><h1 class="sr">${t('One moment')}</h1><span class="line"></span><span class="line"></span><span class="line"></span></div></article>`;
  return html`<div class="nothing"><h1>${t('This could not be opened just now')}</h1>
    <p>${state.online ? t('Your bag is as it was. Try it once more, or look for it by its name.') : t('It is not in this store’s range, and there is no network to ask. Your bag is as it was.')}</p>
    <div class="row"><button class="primary" @click=${act.home}>${t('Look around')}</button></div></div>`;
}

/** @param {Item} item @param {Scene} scene @param {string} why it stands here */
export function small(item, { act, state }, why) {
  const held = state.bag.some((one) => one.variant === item.id);
  return html`<button class="small" ${room(item.room)} @click=${() => act.open(item.id)}>${picture(item, { sizes: '12rem', most: 640, kind: 'small-picture' })}<span class="small-title">${item.title}</span>${why ? html`<span class="small-why">${why}</span>` : nothing}<span class="small-facts"><span>${priceOf(item)}</span>${item.colour ? html`<span class="small-shade">${item.colour}</span>` : nothing}${held ? check() : nothing}</span></button>`;
}
