/** Takes the bag of a tablet: posts the ticket of the code, lets the shopper pick the number that the tablet shows, and goes to the bag. */

import { html, nothing, render } from '../../../vendor/lit-html/lit-html.js';
import { t } from '../shared/words.js';
import { ask } from './ask.js';
import { begin } from './language.js';
import { opened, picked, ticketIn } from './taking.js';

/** @typedef {import('./taking.js').Step} Step */

const page = /** @type {HTMLElement} */ (document.getElementById('page'));
// Out of the address before anything else, so that it is in no history and on no screenshot. The state survives a reload.
let ticket = taken() || (history.state && history.state.ticket) || '';

/** @type {Step} */
let step = ticket ? 'asking' : 'nothing';
let place = { kiosk: '', store: '' };
/** @type {number[]} */
let choices = [];
/** @type {number|null} */
let choice = null;

begin(show).then(() => {
  show();
  if (ticket) open();
});

// Another code, opened in the same window.
window.addEventListener('hashchange', () => {
  ticket = taken() || ticket;
  open();
});

/** @returns {string} the ticket of the address, which has none any more */
function taken() {
  const found = ticketIn(location.hash);
  if (location.hash) history.replaceState({ ticket: found }, '', location.pathname);
  return found;
}

async function open() {
  go('asking');
  const answer = await ask('POST', '/api/tickets', { ticket });
  if (answer.status === 200) {
    place = { kiosk: answer.body.kiosk, store: answer.body.store };
    choices = answer.body.choices;
  }
  go(opened(answer));
}

/** @param {number} number */
async function pick(number) {
  choice = number;
  show();
  const answer = await ask('POST', '/api/tickets/pick', { number });
  choice = null;
  go(picked(answer));
}

/** @param {Step} next */
function go(next) {
  step = next;
  if (step === 'taken') {
    history.replaceState(null, '', location.pathname);
    location.replace('/bag');
    return;
  }
  show();
  const heading = page.querySelector('h1');
  if (heading && step !== 'asking') heading.focus({ preventScroll: true });
}

function show() {
  document.title = `${t('Take your bag')} · ${document.documentElement.dataset.house}`;
  page.classList.toggle('middle', !['asking', 'numbers', 'taken'].includes(step));
  render(step === 'numbers' || step === 'asking' || step === 'taken' ? numbers() : said(), page);
}

function numbers() {
  const waiting = step !== 'numbers';
  return html`
    <p class="where" ?hidden=${!place.kiosk}><i class="dot"></i><span>${place.store}<small>${place.kiosk}</small></span></p>
    <h1 tabindex="-1">${t('Which number is on the tablet?')}</h1>
    <div class="numbers" aria-busy=${waiting} role="group" aria-label=${t('Numbers')}>
      ${waiting ? [0, 1, 2, 3, 4, 5].map(() => html`<i class="skeleton"></i>`) : choices.map(number)}
    </div>
    <p class="hint">${t('It shows that the tablet in front of you is the one that you scanned. One try; you can always begin again on the tablet.')}</p>`;
}

/** @param {number} value */
function number(value) {
  return html`<button class="number" type="button" aria-pressed=${choice === value} ?disabled=${choice !== null} @click=${() => pick(value)}>${value}</button>`;
}

function said() {
  const [heading, why, again] = words();
  return html`<div class="said" role="alert">
    ${sign()}
    <h1 tabindex="-1">${heading}</h1>
    <p class="lede">${why}</p>
    ${again ? html`<ol class="way"><li>${t('Tap “Take it with me” on the tablet.')}</li><li>${t('Scan the new code with this phone.')}</li><li>${t('Pick the number that the tablet shows.')}</li></ol>` : nothing}
    ${way()}
  </div>`;
}

/** Heading, what it means, and whether to begin again at the tablet. @returns {[string, string, boolean]} */
function words() {
  switch (step) {
    case 'wrong': return [t('That was not the number'), t('Nothing was taken, and the bag is safe on the tablet. Begin again there:'), true];
    case 'contested': return [t('Two phones opened this code'), t('So neither of them got the bag. It is still on the tablet. Begin again, and shield the code with your hand:'), true];
    case 'offline': return [t('No network just now'), t('Nothing was taken. The code is good for two minutes: try again when you have a network.'), false];
    case 'often': return [t('That was tried too often'), t('Nothing was taken. Wait a minute, then begin again on the tablet.'), false];
    case 'full': return [t('The two bags do not fit into one'), t('Nothing was changed. Take some things out of either, then scan a new code.'), false];
    case 'owned': return [t('This bag belongs to an account'), t('Sign in to that account to see it on this phone.'), false];
    case 'over': return [t('This code is over'), t('A code is good for two minutes and for one phone. The bag is safe. Get a new code:'), true];
    default: return [t('Scan the code on a tablet'), t('What you collect on a tablet in the store comes onto this phone, with nothing to type:'), true];
  }
}

function way() {
  if (step === 'offline') return html`<button class="button" type="button" @click=${open}>${t('Try again')}</button>`;
  if (step === 'owned') return html`<a class="button" href="/me">${t('Sign in')}</a>`;
  return html`<a class="link" href="/bag">${t('See the bag on this phone')}</a>`;
}

/** A tablet with what happened on its glass, drawn. */
function sign() {
  const inside = { wrong: 'M29 33l18 22M47 33L29 55', contested: 'M27 44h8m6 0h8M27 36h8m6 0h8M27 52h8m6 0h8', offline: 'M28 40q10-9 20 0M32 46q6-5 12 0M38 53v.1' }[/** @type {string} */ (step)] || 'M29 34h7v7h-7zM41 34h7v7h-7zM29 46h7v7h-7zM42 47h2m4 0v2m-6 4h6';
  return html`<svg class="sign" viewBox="0 0 76 76" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><rect x="15" y="8" width="46" height="60" rx="7"/><path d="M34 17h8"/><path d=${inside} class="mark"/></svg>`;
}
