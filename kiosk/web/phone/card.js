/** One item of the bag, in the room of its own colour; opened, it says where it is in stock. */

import { html, nothing } from '../../../vendor/lit-html/lit-html.js';
import { ref } from '../../../vendor/lit-html/directives/ref.js';
import { price, t, time } from '../shared/words.js';
import { icon } from './icons.js';
import { directions } from './near.js';
import { address, shown } from './pictures.js';
import { awaySaid, openingSaid, stockSaid } from './saying.js';
import { firstWith, standing } from './stock.js';

/** @typedef {import('./goods.js').Good} Good */
/** @typedef {import('../shared/bag.js').Item} Item */
/** @typedef {import('./near.js').Placed} Placed */
/**
 * @typedef {object} Setting what all cards share
 * @property {Placed[]} stores @property {import('./stock.js').Shelves} shelves
 * @property {(screen: string) => string} place name of where something was seen, empty where it is not known
 * @property {boolean} online @property {number} now ms
 * @property {(item: Item) => void} remove @property {(variant: string) => void} toggle @property {() => void} where
 */

/** The room of what has no colour of its own. */
const STONE = ['#e4dfd8', '#1c1a18', '#55504a', '#7c6a4d'];
const TONES = ['--field', '--ink', '--soft', '--accent'];
const RECENT = 10 * 60000;

/** @param {Item} item @param {Good|undefined} good undefined while it is not known yet @param {boolean} open @param {Setting} setting */
export function card(item, good, open, setting) {
  if (!good) return html`<article class="item item-waiting"><div class="picture"></div><div class="words"><i></i><i></i><i></i></div></article>`;
  const name = good.colour ? `${good.title}, ${good.colour}` : good.title;
  return html`<article class=${open ? 'item item-open' : 'item'} aria-label=${name} ${ref((element) => dress(element, good))}>
    <div class="picture" @click=${() => setting.toggle(item.variant)}>${picture(good, name)}</div>
    <div class="words">
      ${good.brand && good.brand !== document.documentElement.dataset.house ? html`<p class="maker">${good.brand}</p>` : nothing}
      <h2>${good.title}</h2>
      ${good.colour || good.size ? html`<p class="shade">${[good.colour, good.size].filter(Boolean).join(' · ')}</p>` : nothing}
      ${good.gone ? html`<p class="gone">${t('No longer sold')}</p>` : priced(good)}
      ${good.gone ? nothing : glance(item.variant, setting)}
      ${seen(item, setting)}
    </div>
    <button class="out" type="button" aria-label=${t('Remove {name}', { name })} @click=${() => setting.remove(item)}>${icon('cross')}</button>
    <div class="acts">
      ${good.link && !good.gone ? html`<a class="act act-main" href=${good.link} target="_blank" rel="noopener noreferrer nofollow">${t('Buy online')}${icon('away')}</a>` : nothing}
      <button class="act" type="button" aria-expanded=${open} @click=${() => setting.toggle(item.variant)}>${open ? t('Less') : t('In stores')}${icon(open ? 'up' : 'down')}</button>
    </div>
    ${open ? details(item, good, setting) : nothing}
  </article>`;
}

/** @param {Element|undefined} element @param {Good} good */
function dress(element, good) {
  if (!(element instanceof HTMLElement)) return;
  TONES.forEach((name, index) => element.style.setProperty(name, (good.room || STONE)[index]));
}

/** @param {Good} good @param {string} name */
function picture(good, name) {
  const rendition = shown(good.pictures);
  if (rendition) return html`<img src=${address(rendition)} width=${rendition[1]} height=${rendition[2]} alt=${name} decoding="async">`;
  return html`<svg viewBox="0 0 100 100" role="img" aria-label=${name}><circle cx="50" cy="50" r="30" fill=${good.swatch || 'currentColor'} stroke="currentColor" stroke-opacity=".25"/></svg>`;
}

/** @param {Good} good */
function priced({ price: now }) {
  if (!now) return nothing;
  return html`<p class="price">${price(now)}${now.was ? html` <s><span class="visually-hidden">${t('before')} </span>${price({ ...now, amount: now.was })}</s>` : nothing}</p>`;
}

/** What the nearest store has, in a line. @param {string} variant @param {Setting} setting */
function glance(variant, { stores, shelves, now }) {
  const known = stores.filter(({ id }) => shelves[id]);
  if (!known.length) return nothing;
  const store = firstWith(variant, known, shelves, now);
  if (!store) return html`<p class="glance glance-none">${known.length === 1 ? t('None left at {store}', { store: known[0].name }) : t('None left nearby')}</p>`;
  const stock = shelves[store.id].stock[variant];
  return html`<p class="glance">${t('{stock}, {store}', { stock: stockSaid(standing(stock, now), stock), store: store.name })}</p>`;
}

/** @param {Item} item @param {Setting} setting */
function seen({ seen: where }, { place }) {
  const name = where && where.screen ? place(where.screen) : '';
  return name ? html`<p class="seen">${icon('eye')}<span>${t('Seen on {place}', { place: name })}</span></p>` : nothing;
}

/** @param {Item} item @param {Good} good @param {Setting} setting */
function details(item, good, setting) {
  return html`<div class="details">
    ${good.gone ? nothing : setting.stores.length ? stores(item.variant, setting) : html`<p>${t('Which stores have it?')}</p>
      <button class="act act-main" type="button" @click=${setting.where}>${icon('pin')}${t('Choose where')}</button>`}
    <p class="more"><a href=${good.path}>${t('All about it, and other shades')}</a></p>
  </div>`;
}

/** @param {string} variant @param {Setting} setting */
function stores(variant, setting) {
  return html`<ul class="places">${setting.stores.map((store) => place(store, variant, setting))}</ul>
    <button class="link" type="button" @click=${setting.where}>${t('Other stores')}</button>`;
}

/** @param {Placed} store @param {string} variant @param {Setting} setting */
function place(store, variant, { shelves, now }) {
  const shelf = shelves[store.id];
  const stock = shelf && shelf.stock[variant];
  const state = shelf ? standing(stock, now) : null;
  const { open, words } = openingSaid(store, now);
  const way = directions(store, navigator.userAgent);
  return html`<li class=${state === 'none' ? 'place place-none' : 'place'}>
    <div class="place-words"><h3>${store.name}</h3>
      <p>${[awaySaid(store), words].filter(Boolean).map((said) => html`<span class=${said === words ? (open ? 'opening opening-now' : 'opening') : ''}>${said}</span>`)}</p>
      ${way && state !== 'none' ? html`<a class="way-there" href=${way} target=${way.startsWith('http') ? '_blank' : nothing} rel="noopener noreferrer">${icon('way')}${t('Directions')}<span class="visually-hidden"> ${store.name}</span></a>` : nothing}
    </div>
    <p class="place-stock">${state ? stockSaid(state, stock) : t('Not known yet')}${shelf && now - shelf.at > RECENT ? html`<small>${t('as of {time}', { time: time(shelf.at) })}</small>` : nothing}</p>
  </li>`;
}
