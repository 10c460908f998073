/** Two or three items side by side, each in its own room, line by line. */

import { html, nothing } from '../../../../vendor/lit-html/lit-html.js';
import { t } from '../../shared/words.js';
import { openingOf, priceOf, stockOf } from '../parts/facts.js';
import { bag, check, close, columns } from '../parts/icons.js';
import { picture } from '../parts/picture.js';
import { properties, room } from '../parts/room.js';
import { kindOf } from '../range/shelf.js';
import { itemOf } from '../state.js';
import { having } from './product.js';
import { nameOf } from './tile.js';

/** @typedef {import('../glass.js').Scene} Scene */
/** @typedef {import('../range/shelf.js').Item} Item */

/** As many as fit beside each other. */
export const MOST = 3;

/** @param {Scene} scene */
export function compare(scene) {
  const { state } = scene;
  const items = state.compared.map((id) => itemOf(state, id)).filter((item) => item !== undefined);
  return html`<section class="compare" aria-label=${t('Side by side')} ${properties({ '--sides': Math.max(items.length, 2) })}>
    <h1 class="sr">${t('Side by side')}</h1>
    ${items.map((item) => side(scene, /** @type {Item} */ (item)))}
    ${items.length < 2 ? html`<div class="side side-empty"><p>${t('Choose another one and touch Compare there.')}</p><button class="second" @click=${scene.act.home}>${t('Look around')}</button></div>` : nothing}
  </section>`;
}

/** @param {Scene} scene @param {Item} item */
function side(scene, item) {
  const { state, act } = scene;
  const held = state.bag.some((one) => one.variant === item.id);
  return html`<article class="side" ${room(item.room)}>
    <button class="side-close" aria-label=${t('Take {name} out of the comparison', { name: nameOf(item) })} @click=${() => act.compare(item.id)}>${close()}</button>
    <button class="side-open" @click=${() => act.open(item.id)}>${picture(item, { sizes: '30vw', most: 640, kind: 'side-picture' })}<span class="side-title">${item.title}</span></button>
    <p class="cost">${priceOf(item)}</p>
    <dl class="lines">${lines(scene, item).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    ${held ? html`<button class="primary held" @click=${act.openBag}>${check()}${t('In your bag')}</button>`
      : html`<button class="primary" ?disabled=${item.gone} @click=${(/** @type {Event} */ event) => act.add(item.id, /** @type {Element} */ (event.currentTarget).closest('.side'))}>${bag()}${t('Add to bag')}</button>`}
  </article>`;
}

/** @param {Scene} scene @param {Item} item @returns {Array<[string, any]>} */
function lines({ state, clock }, item) {
  const { kiosk } = state;
  const at = { now: clock.now(), maxAge: kiosk.stock_max_age_seconds };
  const detail = state.details[item.id];
  const stock = typeof detail === 'object' ? detail.stock : [];
  const near = having(state, item, typeof detail === 'object' ? detail : null, at)[0]?.store;
  /** @type {Array<[string, any]>} */
  const all = [
    [t('Kind'), kindOf(item.type)], [t('Brand'), item.brand],
    [t('Shade'), item.colour ? html`${item.swatch ? html`<i class="swatch swatch-small" ${properties({ '--swatch': item.swatch })}></i>` : nothing}${item.colour}` : ''],
    [t('Size'), item.size], [t('Here'), stockOf(stock.find((one) => one.store === kiosk.store.id) || item.stock, at).words],
    [t('Nearest store'), near ? `${near.name}, ${openingOf(near, at.now, near.minutes * 60000)}` : ''],
  ];
  return all.filter(([, value]) => value);
}

/** What has been chosen so far, above the foot of the glass. @param {Scene} scene */
export function chosen({ state, act }) {
  if (!state.compared.length || state.view.name === 'compare') return nothing;
  const items = state.compared.map((id) => itemOf(state, id)).filter((item) => item !== undefined);
  return html`<div class="chosen" role="group" aria-label=${t('To be compared')}>
    ${items.map((item) => html`<span class="chosen-one" ${room(/** @type {Item} */ (item).room)}>${picture(/** @type {Item} */ (item), { sizes: '4rem', most: 240 })}</span>`)}
    <button class="second" @click=${act.openCompare}>${columns()}${items.length > 1 ? t('Compare {n}', { n: items.length }) : t('Compare with one more')}</button>
    <button class="round" aria-label=${t('Compare nothing')} @click=${act.dropCompared}>${close()}</button>
  </div>`;
}
