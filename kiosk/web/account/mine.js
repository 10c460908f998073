/** The account as it looks: the bag first, then where it is open, who is signed in, and what is held. */

import { html, nothing } from '../../../vendor/lit-html/lit-html.js';
import { repeat } from '../../../vendor/lit-html/directives/repeat.js';
import { icon } from '../phone/icons.js';
import { LANGUAGES, NAMES, day, n, t, time } from '../shared/words.js';

/** @typedef {import('./account.js').World} World */
/** @typedef {import('./account.js').Me} Me */
/** @typedef {import('./acts.js').Acts} Acts */

/** @param {World} world @param {Acts} acts @param {string} language that is spoken */
export function mine(world, acts, language) {
  return html`${inside(world, acts, language)}${world.toasts.view()}`;
}

/** @param {World} world @param {Acts} acts @param {string} language */
function inside(world, acts, language) {
  const { me, phase } = world;
  if (phase === 'erased') return erased();
  if (phase === 'away') return away(acts);
  if (phase === 'out') return world.signing.view();
  if (!me) return waiting();
  return html`
    <h1 id="account" tabindex="-1">${t('Your account')}</h1>
    <p class="who">${me.email}</p>
    <a class="bag-link" href="/bag">${icon('bag')}<span><b>${t('Your bag')}</b><span>${me.things ? n('{n} thing', '{n} things', me.things) : t('Nothing in it yet')}</span></span>${icon('right')}</a>
    ${claims(me, world, acts)}
    ${tablets(me, world, acts)}
    ${sessions(me, world, acts)}
    ${world.keys || me.passkeys.length ? passkeys(me, world, acts) : nothing}
    ${speech(acts, language)}
    ${consent(me, world, acts)}
    ${held(me)}
    <p class="end"><button class="button button-line button-wide" type="button" @click=${acts.signOut}>${t('Sign out')}</button></p>
    ${erasing(acts)}`;
}

/** @param {Me} me @param {World} world @param {Acts} acts */
function claims(me, { busy }, acts) {
  const shown = me.claims.filter(({ things }) => things);
  if (!shown.length) return nothing;
  return html`<section><h2>${t('Came into your bag')}</h2>
    <ul class="rows">${repeat(shown, ({ id }) => id, (claim) => html`<li><p class="words"><b>${n('{n} thing', '{n} things', claim.things)}</b>
      <span>${claim.store ? t('from {kiosk}, {store}', { kiosk: claim.kiosk, store: claim.store }) : t('from the bag of this or another browser')}</span>
      <span>${t('can be taken out until {when}', { when: when(claim.until) })}</span></p>
      <button class="button button-line button-small" type="button" aria-disabled=${busy === `claim ${claim.id}`} @click=${() => acts.giveBack(claim)}>${t('Take out')}</button></li>`)}</ul></section>`;
}

/** @param {Me} me @param {World} world @param {Acts} acts */
function tablets(me, { busy }, acts) {
  if (!me.tablets.length) return nothing;
  return html`<section><h2>${t('Open on a tablet')}</h2>
    <ul class="rows">${repeat(me.tablets, ({ visit }) => visit, (tablet) => html`<li><i class="dot"></i><p class="words"><b>${tablet.store}</b><span>${tablet.kiosk}</span>
      <span>${t('since {when}', { when: when(tablet.since) })}</span></p>
      <button class="button button-line button-small" type="button" aria-disabled=${busy === tablet.visit} @click=${() => acts.clear(tablet)}>${t('Clear it')}</button></li>`)}</ul></section>`;
}

/** @param {Me} me @param {World} world @param {Acts} acts */
function sessions(me, { busy }, acts) {
  return html`<section><h2>${t('Signed in on')}</h2>
    <ul class="rows">${repeat(me.sessions, ({ id }) => id, (one) => html`<li><p class="words"><b>${[one.browser, one.system].filter(Boolean).join(' · ') || t('A browser')}</b>
      <span>${one.here ? t('this browser, since {when}', { when: when(one.since) }) : t('last used {when}', { when: when(one.seen_at) })}</span></p>
      ${one.here ? nothing : html`<button class="button button-line button-small" type="button" aria-disabled=${busy === one.id} @click=${() => acts.end(one)}>${t('Sign out')}</button>`}</li>`)}</ul></section>`;
}

/** @param {Me} me @param {World} world @param {Acts} acts */
function passkeys(me, world, acts) {
  return html`<section><h2>${t('Passkeys')}</h2>
    <p class="soft">${t('Sign in with your face, your finger or this phone’s PIN, instead of a code.')}</p>
    ${me.passkeys.length ? html`<ul class="rows">${repeat(me.passkeys, ({ id }) => id, (key) => html`<li>${world.naming === key.id ? renaming(key, acts) : passkey(key, world, acts)}</li>`)}</ul>` : nothing}
    ${world.keys ? html`<button class="button button-line" type="button" aria-disabled=${world.busy === 'key'} @click=${acts.addKey}>${icon('key')}${t('Add a passkey')}</button>` : nothing}</section>`;
}

/** @param {import('./account.js').Passkey} key @param {World} world @param {Acts} acts */
function passkey(key, { busy }, acts) {
  return html`<p class="words"><b>${key.name}</b><span>${key.used_at ? t('last used {when}', { when: when(key.used_at) }) : t('added {when}', { when: when(key.since) })}</span></p>
    <div class="row"><button class="button button-line button-small" type="button" @click=${() => acts.naming(key.id)}>${t('Rename')}</button>
    <button class="button button-bad button-small" type="button" aria-disabled=${busy === key.id} @click=${() => acts.removeKey(key)}>${t('Remove')}</button></div>`;
}

/** @param {import('./account.js').Passkey} key @param {Acts} acts */
function renaming(key, acts) {
  /** @param {SubmitEvent} event */
  const save = (event) => {
    event.preventDefault();
    acts.rename(key, String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('name')));
  };
  return html`<form class="naming" @submit=${save}><label class="field"><span>${t('Name of the passkey')}</span><input id="name" name="name" maxlength="100" autocomplete="off" .value=${key.name}></label>
    <button class="button button-small">${t('Save')}</button></form>`;
}

/** @param {Acts} acts @param {string} language */
function speech(acts, language) {
  /** The switch at the top does it, for this page too. @param {string} code */
  const choose = (code) => {
    const choice = /** @type {HTMLSelectElement|null} */ (document.querySelector('[data-speak]'));
    if (!choice) { acts.speak(code); return; }
    choice.value = code;
    choice.dispatchEvent(new Event('change', { bubbles: true }));
  };
  return html`<section><fieldset class="tongues"><legend class="h2">${t('Language')}</legend>
    <div class="row">${LANGUAGES.map((code) => html`<label class="chip"><input type="radio" name="language" value=${code} .checked=${code === language} @change=${() => choose(code)}><span lang=${code}>${NAMES[code]}</span></label>`)}</div>
    <p class="small soft">${t('Of these pages, and of mail to you.')}</p></fieldset></section>`;
}

/** @param {Me} me @param {World} world @param {Acts} acts */
function consent(me, { busy }, acts) {
  /** @param {Event} event */
  const turned = (event) => acts.consent(/** @type {HTMLInputElement} */ (event.target).checked);
  return html`<section><h2>${t('Mail')}</h2>
    <label class="switch"><span class="words"><b>${t('You may write to me about my bag')}</b>
      <span>${me.mail_consent_at ? t('On since {when}. Turn it off, and no such mail comes any more.', { when: when(me.mail_consent_at) }) : t('Off, until you turn it on. Codes to sign in come only when you ask for one.')}</span></span>
      <input type="checkbox" role="switch" .checked=${Boolean(me.mail_consent_at)} ?disabled=${busy === 'consent'} @change=${turned}></label></section>`;
}

/** @param {Me} me */
function held(me) {
  return html`<section><h2>${t('What is held about you')}</h2>
    <ul class="plain">
      <li>${t('Your e-mail address, and the language you read.')}</li>
      <li>${t('What you put into your bag and took out, when, and on which screen you had seen it.')}</li>
      <li>${n('Your visits to tablets, for one day.', 'Your visits to tablets, for {n} days.', me.kept_visits_days)}</li>
      <li>${t('The browsers that are signed in, by what they call themselves, and the public half of your passkeys.')}</li>
      <li>${n('Your account, until you have stayed away for one day.', 'Your account, until you have stayed away for {n} days.', me.kept_customers_days)}</li>
      ${me.shares ? html`<li>${n('One link that shares a copy of your bag.', '{n} links that share copies of your bag.', me.shares)}</li>` : nothing}
    </ul>
    <p class="soft">${t('No name, no address, no payment, no place where you were but the stores’ tablets.')}</p>
    <div class="row"><a class="button button-line" href="/api/me/export" download>${icon('save')}${t('Download all of it')}</a>
    <button class="button button-bad" type="button" @click=${openErasing}>${t('Erase everything')}</button></div></section>`;
}

/** @param {Acts} acts */
function erasing(acts) {
  return html`<dialog class="asking" id="erasing" aria-labelledby="erasing-h"><h2 id="erasing-h">${t('Erase everything?')}</h2>
    <p>${t('Your account, your bag and all that is listed here go now, on every tablet, phone and link. Nobody can bring them back.')}</p>
    <form method="dialog" class="stack"><button class="button button-wide button-erase" @click=${acts.erase}>${t('Erase it all')}</button>
    <button class="button button-line button-wide" autofocus>${t('Keep it')}</button></form></dialog>`;
}

function openErasing() {
  /** @type {HTMLDialogElement|null} */ (document.getElementById('erasing'))?.showModal();
}

function erased() {
  return html`<h1 tabindex="-1">${t('Everything is erased')}</h1>
    <p class="lede">${t('Nothing of you is left here: no address, no bag, no visit. Whenever you like, begin anew.')}</p>
    <p class="end"><a class="button button-line" href="/bag">${t('To an empty bag')}</a></p>`;
}

/** @param {Acts} acts */
function away(acts) {
  return html`<h1>${t('No network just now')}</h1><p class="lede">${t('Your account opens when there is one. Your bag opens without.')}</p>
    <div class="row end"><button class="button" type="button" @click=${acts.again}>${t('Try again')}</button><a class="button button-line" href="/bag">${t('Your bag')}</a></div>`;
}

function waiting() {
  return html`<div class="bones" aria-label=${t('Your account is on its way')}><i></i><i></i><i></i></div>`;
}

/** Today's by the clock, others by the day. @param {string} moment @returns {string} */
function when(moment) {
  const at = new Date(moment);
  return at.toDateString() === new Date().toDateString() ? time(at) : `${day(at)}, ${time(at)}`;
}
