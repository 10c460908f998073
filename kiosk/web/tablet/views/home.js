/** The store's range on one wall: looked through by kind, colour and brand, or by words. */

import { html, nothing } from '../../../../vendor/lit-html/lit-html.js';
import { n, t } from '../../shared/words.js';
import { colourName } from '../parts/colours.js';
import { close } from '../parts/icons.js';
import { picture } from '../parts/picture.js';
import { properties, room } from '../parts/room.js';
import { dayIn } from '../counts.js';
import { ANYTHING } from '../range/shelf.js';
import { row } from './around.js';
import { skeletons } from './tile.js';
import { wall } from './wall.js';

/** @typedef {import('../glass.js').Scene} Scene */

/** @param {Scene} scene */
export function home(scene) {
  const { state } = scene;
  const { shelf, wish } = state;
  if (!shelf.size) return waiting(scene);
  const tiles = scene.tiles();
  const looking = wish.q || wish.type || wish.brand || wish.family;
  return html`<section class="home">
    ${looking ? html`<h1 class="sr">${t('What was found')}</h1>` : html`<h1 class="hello">${t('What are you looking for?')}</h1>`}
    ${kinds(scene)} ${colours(scene)} ${brands(scene)}
    ${looking ? summary(scene, tiles.length) : collected(scene)}
    ${tiles.length ? wall(tiles, scene) : nothing}
    ${!tiles.length ? nothingFound(scene) : nothing}
  </section>`;
}

/** @param {Scene} scene */
function kinds(scene) {
  const { state, act } = scene;
  const facets = scene.facets('type');
  if (facets.length < 2 && !state.wish.type) return nothing;
  return html`<div class="strip" role="group" aria-label=${t('Kinds')}>${facets.map(({ name, item }) => html`
    <button class="kind" ${room(item.room)} aria-pressed=${state.wish.type === name} @click=${() => act.pick('type', name)}>
      <span class="kind-name">${name}</span>${picture(item, { sizes: '8rem', most: 240, kind: 'kind-picture' })}
    </button>`)}</div>`;
}

/** @param {Scene} scene */
function colours(scene) {
  const { state, act } = scene;
  const facets = scene.facets('family');
  if (facets.length < 2 && !state.wish.family) return nothing;
  return html`<div class="strip strip-colours" role="group" aria-label=${t('Colours')}>${facets.map(({ name, item }) => html`
    <button class="chip" aria-pressed=${state.wish.family === name} @click=${() => act.pick('family', name)}>
      <i class="swatch" ${properties({ '--swatch': item.swatch || '' })}></i>${colourName(name)}
    </button>`)}</div>`;
}

/** @param {Scene} scene */
function brands(scene) {
  const { state, act } = scene;
  const facets = scene.facets('brand');
  if (facets.length < 2 && !state.wish.brand) return nothing;
  return html`<div class="strip" role="group" aria-label=${t('Brands')}>${facets.map(({ name }) => html`
    <button class="chip" aria-pressed=${state.wish.brand === name} @click=${() => act.pick('brand', name)}>${name}</button>`)}</div>`;
}

/** What most shoppers collected in this store, as long as it is the day that they did. @param {Scene} scene */
function collected(scene) {
  const { state, clock } = scene;
  if (state.collected.day !== dayIn(clock.now(), state.kiosk.store.time_zone)) return nothing;
  return row(scene, 'collected', t('Most collected here today'), state.collected.items.map(({ item, bags }) => ({ item, words: n('In {n} bag', 'In {n} bags', bags) })));
}

/** @param {Scene} scene @param {number} count */
function summary({ state, act }, count) {
  const { wish } = state;
  const chosen = [wish.q ? `“${wish.q}”` : '', wish.type, wish.family ? colourName(wish.family) : '', wish.brand].filter(Boolean).join(' · ');
  return html`<div class="summary">
    <p role="status"><strong>${chosen}</strong> <span class="soft">${n('{n} thing found', '{n} things found', count)}</span></p>
    <button class="plain" @click=${() => act.look(ANYTHING)}>${close()}${t('Show everything')}</button>
  </div>`;
}

/** @param {Scene} scene */
function nothingFound({ state, act }) {
  const { wish } = state;
  return html`<div class="nothing">
    <h2>${t('Nothing here is quite that')}</h2>
    <p>${wish.q ? t('Try fewer words, or only the beginning of one. You can also scan the code on anything in the store.') : t('Take one choice back, and there is more to see.')}</p>
    <div class="row">
      <button class="primary" @click=${() => act.look(ANYTHING)}>${t('Show everything')}</button>
      <button class="second" @click=${act.ask}>${t('Ask someone')}</button>
    </div>
  </div>`;
}

/** @param {Scene} scene */
function waiting({ state, act }) {
  if (state.catalogue || !state.online) return html`<section class="home"><div class="nothing">
    <h1>${state.catalogue ? t('There is nothing to show yet') : t('This tablet has not got its range yet')}</h1>
    <p>${state.catalogue ? t('The store’s range is empty just now. Somebody in the store can help.') : t('It needs the network once, and there is none just now. Somebody in the store can help.')}</p>
    <div class="row"><button class="primary" @click=${act.ask}>${t('Ask someone')}</button></div></div></section>`;
  return html`<section class="home"><h1 class="hello">${t('What are you looking for?')}</h1>${skeletons(12)}</section>`;
}
