/** The bag: what was collected, as large as on the wall, each to be taken out by one touch and put back by another. */

import { html, nothing } from '../../../../vendor/lit-html/lit-html.js';
import { repeat } from '../../../../vendor/lit-html/directives/repeat.js';
import { n, t } from '../../shared/words.js';
import { priceOf, stockOf } from '../parts/facts.js';
import { bag as sign, close, phone } from '../parts/icons.js';
import { picture } from '../parts/picture.js';
import { room } from '../parts/room.js';
import { itemOf } from '../state.js';
import { of, post, row } from './around.js';
import { gathered } from './gathered.js';
import { nameOf } from './tile.js';

/** @typedef {import('../glass.js').Scene} Scene */

/** @param {Scene} scene */
export function bag(scene) {
  const { state } = scene;
  if (!state.bag.length) return empty(scene);
  return html`<section class="bag">
    <header class="bag-head"><h1>${t('Your bag')}</h1><p class="soft">${n('{n} thing', '{n} things', state.bag.length)}${state.kiosk.visit?.customer ? html` · ${t('kept in your account')}` : nothing}</p></header>
    ${carried(scene)}
    <ul class="bag-items">${repeat(state.bag, (one) => one.variant, (one) => held(scene, one))}</ul>
    ${around(scene)}
  </section>`;
}

/** @param {Scene} scene */
function around(scene) {
  const { goes, next, said, alike } = gathered(scene.state);
  return html`${row(scene, 'instead', t('Shades next to what is not here'), next)} ${row(scene, 'beside', t('Goes with what you have'), goes)}
    ${said.length || alike.length ? html`<section class="said" aria-labelledby="said"><h2 id="said">${t('What others say')}</h2><div class="posts">${said.map(post)}</div>${alike.map((one) => of(scene, one))}</section>` : nothing}`;
}

/** @param {Scene} scene @param {import('../../shared/bag.js').Item} one */
function held({ state, act, clock }, one) {
  const item = itemOf(state, one.variant);
  if (!item) return html`<li class="kept kept-skeleton" aria-busy="true"><span class="sr">${t('One moment')}</span></li>`;
  const told = stockOf(item.stock, { now: clock.now(), maxAge: state.kiosk.stock_max_age_seconds });
  return html`<li class="kept" ${room(item.room)}>
    <button class="kept-open" @click=${() => act.open(item.id)}>${picture(item, { sizes: '16rem', most: 640, kind: 'kept-picture' })}
      <span class="kept-words"><span class="kept-title">${item.title}</span><span class="kept-shade">${[item.colour, item.size].filter(Boolean).join(' · ')}</span><span>${priceOf(item)}</span><span class="kept-stock">${item.gone ? t('No longer sold') : told.has ? t('{words} here', { words: told.words }) : t('None here')}</span></span></button>
    <button class="kept-out" aria-label=${t('Take {name} out of the bag', { name: nameOf(item) })} @click=${() => act.remove(one)}>${close()}</button>
  </li>`;
}

/** Where the bag is besides here. @param {Scene} scene */
function carried({ state, act }) {
  if (!state.kiosk.visit?.taken_at) return nothing;
  return html`<div class="note">${phone()}<p>${t('A phone has your bag. What you add here is there at once.')}</p><button class="plain" @click=${act.notMyPhone}>${t('Not my phone? Take it back')}</button></div>`;
}

/** @param {Scene} scene */
function empty(scene) {
  return html`<section class="bag bag-empty">${carried(scene)}<div class="nothing">${sign()}
    <h1>${t('Your bag is empty')}</h1>
    <p>${t('Touch the plus on anything you like, and it waits for you here. Nothing is bought, nothing is reserved.')}</p>
    <div class="row"><button class="primary" @click=${scene.act.home}>${t('Look around')}</button></div>
  </div></section>`;
}
