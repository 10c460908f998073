/** The bag's page as it looks: the bag first, then what can be done with it; with words for every state without one. */

import { html, nothing } from '../../../vendor/lit-html/lit-html.js';
import { repeat } from '../../../vendor/lit-html/directives/repeat.js';
import { day, n, t, time } from '../shared/words.js';
import { card } from './card.js';
import { shareSheet, whereSheet } from './dialogs.js';
import { icon } from './icons.js';

/** @typedef {import('./bag.js').World} World */
/** @typedef {import('./bag.js').Acts} Acts */

/** @param {World} world @param {Acts} acts */
export function view(world, acts) {
  if (world.phase === 'none') return html`${without(world, acts)}${world.toasts.view()}`;
  const { items } = world;
  return html`
    ${world.online ? nothing : offline(world)}
    ${world.tablets.map((tablet) => tabletStrip(tablet, world, acts))}
    <div class="top"><h1 tabindex="-1">${t('Your bag')}</h1>${items.length ? html`<p class="count" aria-label=${n('{n} thing', '{n} things', items.length)}>${items.length}</p>` : nothing}</div>
    ${items.length ? lookup(world, acts) : nothing}
    ${world.phase === 'starting' && !items.length ? waiting() : nothing}
    <div class="items" role="list">${repeat(items, ({ variant }) => variant, (item) => html`<div role="listitem">${card(item, world.goods.of(item.variant), world.open === item.variant, acts.setting())}</div>`)}</div>
    ${world.phase === 'bag' && !items.length ? empty(world) : nothing}
    ${world.phase === 'bag' ? foot(world, acts) : nothing}
    ${whereSheet(world.where, acts)}
    ${shareSheet(world.shares, items.length, world.online)}
    ${world.toasts.view()}`;
}

/** @param {World} world */
function offline({ waiting, asOf }) {
  const today = new Date(asOf).toDateString() === new Date().toDateString();
  const when = today ? time(asOf) : `${day(asOf)}, ${time(asOf)}`;
  return html`<div class="note offline" role="status"><i class="dot dot-off"></i><p><b>${asOf ? t('No network. This is your bag as of {time}.', { time: when }) : t('No network.')}</b>
    ${waiting ? n('One change waits on this phone and is sent when the network is back.', '{n} changes wait on this phone and are sent when the network is back.', waiting)
      : t('What you change now is sent when the network is back.')}</p></div>`;
}

/** @param {import('./following.js').Tablet} tablet @param {World} world @param {Acts} acts */
function tabletStrip(tablet, { online, clearing }, { clear }) {
  const busy = clearing === tablet.visit;
  return html`<div class="tablet">
    <i class=${online ? 'dot' : 'dot dot-off'}></i>
    <p><b>${tablet.store}</b><span class="visually-hidden">${online ? t('Your bag is open on a tablet there:') : t('Your bag was open on a tablet there:')} </span><span>${tablet.kiosk}</span></p>
    <button class="button button-line button-small" type="button" aria-disabled=${!online || busy} @click=${() => clear(tablet)}>${busy ? t('Clearing') : t('Clear that tablet')}</button>
  </div>`;
}

/** @param {World} world @param {Acts} acts */
function lookup({ where }, { where: choose }) {
  const [first, ...more] = where.chosen();
  const label = !first ? t('See which stores have it') : more.length ? t('In stores near you') : t('In stock at {store}', { store: first.name });
  return html`<button class="lookup" type="button" @click=${choose}>${icon('pin')}<span>${label}</span>${first ? html`<em>${t('Change')}</em>` : icon('down')}</button>`;
}

function waiting() {
  return html`<div class="items" aria-busy="true" aria-label=${t('Your bag is on its way')}>${[0, 1, 2].map(() => html`<div class="item item-waiting"><div class="picture"></div><div class="words"><i></i><i></i><i></i></div></div>`)}</div>`;
}

/** @param {World} world */
function empty({ tablets }) {
  return html`<div class="empty">
    ${drawing()}
    <p class="lede">${tablets.length ? t('Nothing in it yet. What you tap on the tablet comes here at once.') : t('Nothing in it yet. There are two ways to fill it:')}</p>
    ${tablets.length ? nothing : ways()}
  </div>`;
}

function ways() {
  return html`<ul class="ways">
    <li>${t('On a tablet in the store: tap “Take it with me”, and scan the code with this phone’s camera.')}</li>
    <li>${t('In the street or at the shelf: scan the code beside what you see, and tap “Add to my bag”.')}</li>
  </ul>`;
}

/** @param {World} world @param {Acts} acts */
function foot({ items, customer }, { share }) {
  return html`<footer class="foot">
    ${items.length ? html`<button class="button button-line button-wide" type="button" @click=${share}>${icon('share')}${t('Share a copy')}</button>` : nothing}
    ${customer ? html`<p class="kept">${icon('person')}<span>${t('Kept in your account')}</span><a class="link" href="/me">${t('Your account')}</a></p>`
      : html`<a class="button button-wide" href="/me">${icon('person')}${t('Sign in to keep it')}</a>
      <p class="small soft">${t('It is on this phone without an account too. Signed in, you find it on every phone and tablet, on every later day.')}</p>`}
  </footer>`;
}

/** @param {World} world @param {Acts} acts */
function without({ why, online, customer }, { check }) {
  const [heading, words] = online ? lost(why) : [t('No network just now'), t('This phone has kept no bag yet. Try again when you have a network; nothing is lost.')];
  return html`<div class="empty empty-whole">
    ${drawing()}
    <h1>${heading}</h1>
    <p class="lede">${words}</p>
    ${online ? why === 'claimed' ? html`<a class="button" href="/me">${t('Sign in')}</a>` : ways() : html`<button class="button" type="button" @click=${check}>${t('Try again')}</button>`}
    ${!online || why ? nothing : customer ? html`<a class="link" href="/me">${t('Your account')}</a>`
      : html`<p class="small soft">${t('Had a bag before?')} <a class="link" href="/me">${t('Sign in')}</a></p>`}
  </div>`;
}

/** @param {import('./following.js').Loss} why @returns {[string, string]} */
function lost(why) {
  if (why === 'claimed') return [t('This bag has moved'), t('Somebody signed in with it, or took it up on another phone. If that was you, sign in here too: everything is in it.')];
  if (why === 'taken back') return [t('The tablet took its bag back'), t('Whoever stood there said that it was another phone. What you had before is not touched. If it was yours, scan the tablet’s new code.')];
  if (why === 'expired') return [t('The bag that was here has expired'), t('A bag without an account is deleted when nothing has been done with it for a long time. Begin a new one:')];
  return [t('Your bag is empty'), t('There are two ways to fill it:')];
}

function drawing() {
  return html`<svg class="drawing" viewBox="0 0 120 120" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linejoin="round" stroke-linecap="round" aria-hidden="true">
    <path d="M24 46h72l7 58a4 4 0 0 1-4 4H21a4 4 0 0 1-4-4z"/><path d="M42 56V34a18 18 0 0 1 36 0v22"/><path class="mark" d="M46 80q14 12 28 0"/></svg>`;
}
