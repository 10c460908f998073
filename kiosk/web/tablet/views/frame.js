/** What stands around every view: the house's name, the search, the languages above; help, the way out and the bag below. */

import { html, nothing } from '../../../../vendor/lit-html/lit-html.js';
import { live } from '../../../../vendor/lit-html/directives/live.js';
import { LANGUAGES, NAMES, n, spoken, t, time } from '../../shared/words.js';
import { back, bag, check, close, cloud, person, phone, search, wipe } from '../parts/icons.js';
import { picture } from '../parts/picture.js';
import { room } from '../parts/room.js';
import { mediaUrl } from '../range/pictures.js';
import { itemOf } from '../state.js';

/** @typedef {import('../glass.js').Scene} Scene */

/** @param {Scene} scene */
export function head(scene) {
  const { state, act } = scene;
  return html`<header class="head">
    ${state.view.name === 'home' ? sign(scene) : html`<button class="back" @click=${act.back}>${back()}${t('Back')}</button>`}
    <form class="search" role="search" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); act.searched(); }}>
      ${search()}<input type="search" class="search-field" enterkeyhint="search" autocomplete="off" autocorrect="off" autocapitalize="off" spellcheck="false"
        aria-label=${t('Search this store')} placeholder=${t('Search this store')} maxlength="80" .value=${live(state.wish.q)}
        @input=${(/** @type {Event} */ event) => act.search(/** @type {HTMLInputElement} */ (event.target).value)}>
      ${state.wish.q ? html`<button type="button" class="search-clear" aria-label=${t('Clear the search')} @click=${() => act.search('')}>${close()}</button>` : nothing}
    </form>
    ${languages(scene)}
  </header>`;
}

/** @param {Scene} scene */
function sign({ state, act }) {
  const { brand } = state.kiosk;
  return html`<button class="sign" aria-label=${t('{house}, to the beginning', { house: brand.name })} @click=${act.home}>${brand.logo ? html`<img class="logo" src=${mediaUrl(brand.logo)} alt="">` : brand.name}</button>`;
}

/** @param {Scene} scene */
export function languages({ state, act }) {
  const offered = LANGUAGES.filter((one) => (state.kiosk.languages || LANGUAGES).includes(one));
  return html`<div class="languages" role="group" aria-label=${t('Language')}>${offered.map((one) => html`
    <button lang=${one} aria-pressed=${spoken() === one} @click=${() => act.speak(one)}>${one === 'nb' ? 'NO' : one.toUpperCase()}<span class="sr"> ${NAMES[one]}</span></button>`)}</div>`;
}

/** @param {Scene} scene */
export function foot(scene) {
  const { state, act } = scene;
  return html`<footer class="foot">
    <button class="foot-plain" @click=${act.done}>${wipe()}<span>${t('Done, clear this tablet')}</span></button>
    ${help(scene)}
    <span class="foot-gap"></span>
    ${cut(scene)}
    <button class="foot-take" @click=${act.take}>${phone()}<span>${t('Take it with me')}</span></button>
    ${holder(scene)}
  </footer>`;
}

/** @param {Scene} scene */
function help({ state, act }) {
  const call = state.kiosk.visit?.call;
  if (call?.answered_by) return html`<button class="foot-plain foot-called" @click=${act.openCalling}>${check()}<span>${t('{name} is coming', { name: call.answered_by })}</span></button>`;
  if (call || state.asked) return html`<button class="foot-plain foot-called" @click=${act.openCalling}>${person()}<span>${t('Calling somebody')}</span></button>`;
  return html`<button class="foot-plain" @click=${act.ask}>${person()}<span>${t('Ask someone')}</span></button>`;
}

/** @param {Scene} scene */
function cut({ state }) {
  if (state.online || !state.kiosk) return nothing;
  const since = state.catalogue ? t('No network. Stock as of {time}', { time: time(state.catalogue.at, state.kiosk.store.time_zone) }) : t('No network');
  return html`<p class="cut" role="status">${cloud()}<span>${since}</span></p>`;
}

/** @param {Scene} scene */
function holder({ state, act }) {
  const count = state.bag.length;
  const newest = state.bag.slice(0, 3).map((one) => itemOf(state, one.variant)).filter((item) => item !== undefined).reverse();
  return html`<button class="holder ${count ? 'full' : ''}" aria-label=${n('Your bag, {n} thing', 'Your bag, {n} things', count)} @click=${act.openBag}>
    <span class="holder-pile">${newest.map((item) => html`<span class="holder-one" ${room(/** @type {any} */ (item).room)}>${picture(/** @type {any} */ (item), { sizes: '3rem', most: 240 })}</span>`)}</span>
    ${bag()}<span class="holder-count">${count}</span></button>`;
}

/** @param {Scene} scene */
export function toast({ state, act }) {
  if (!state.toast) return nothing;
  return html`<div class="toast"><span>${state.toast.words}</span>${state.toast.undo ? html`<button class="toast-undo" @click=${act.undo}>${t('Undo')}</button>` : nothing}</div>`;
}
