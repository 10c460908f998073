/** The pairing page: shows a code for a person to type into the console, asks with a secret of its own, and becomes the device. */

import { backoff } from './backoff.js';
import { lastDevice, remember } from './device.js';

const ASK = 2000;

/** @typedef {{code: string, secret: string, expires: number}} Offer expires: on the monotonic clock, ms */

const page = document.documentElement;
const kind = /** @type {import('./device.js').Kind} */ (page.getAttribute('data-kind'));
const after = page.getAttribute('data-after') || '';
const code = /** @type {HTMLElement} */ (document.querySelector('.pairing-code'));
const say = /** @type {HTMLElement} */ (document.querySelector('.pairing-say'));
const host = /** @type {HTMLElement} */ (document.querySelector('.pairing-host'));
let failures = 0;

size();
window.addEventListener('resize', size);
host.textContent = location.host;
if (kind === 'kiosk' && !window.isSecureContext) refuse();
else begin();

function size() {
  page.style.setProperty('--u', Math.min(window.innerWidth, window.innerHeight) / 100 + 'px');
  page.classList.toggle('portrait', window.innerHeight > window.innerWidth);
}

/** A browser that is a device goes on being it, unless asked for a new one. */
function begin() {
  if (location.search.indexOf('new') >= 0) { offer(); return; }
  lastDevice(kind).then((last) => (last ? go(last) : offer()));
}

/** A tablet seals what it cannot send, and starts without a network: browsers let it do neither here, so it is not paired in vain. */
function refuse() {
  page.classList.add('insecure');
  /** @type {HTMLElement} */ (document.querySelector('.pairing-ask')).textContent = 'A tablet needs a secure address';
  say.textContent = 'At this one it could keep nothing safe, so it is not paired here. Open it by https; how is told at ';
  const trust = say.appendChild(document.createElement('a'));
  trust.href = '/trust';
  trust.textContent = location.host + '/trust';
}

function offer() {
  const body = JSON.stringify({ kind, width: window.innerWidth, height: window.innerHeight });
  fetch('/api/pairing', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }).then((response) => {
    if (response.status !== 201) throw new Error(String(response.status));
    return response.json();
  }).then((made) => {
    failures = 0;
    show(made.code);
    say.textContent = 'Type this code into the console' + after;
    wait({ code: made.code, secret: made.secret, expires: performance.now() + made.expires_seconds * 1000 });
  }).catch(later(offer));
}

/** @param {Offer} made */
function wait(made) {
  if (performance.now() > made.expires) { renew(); return; }
  setTimeout(() => {
    ask(made.secret).then((answer) => {
      failures = 0;
      if (answer.paired) become(answer);
      else if (answer.gone) renew();
      else wait(made);
    }, later(() => wait(made)));
  }, ASK);
}

function renew() {
  code.classList.add('renewing');
  setTimeout(offer, 600);
}

/** @param {string} secret @returns {Promise<any>} */
function ask(secret) {
  return fetch('/api/pairing', { headers: { Authorization: 'Bearer ' + secret }, cache: 'no-store' }).then((response) => {
    if ([401, 404, 410].indexOf(response.status) >= 0) return { gone: true };
    if (response.status !== 200) throw new Error(String(response.status));
    return response.json();
  });
}

/** @param {{id: string, token: string}} answer */
function become(answer) {
  remember(kind, answer.id, answer.token).then(() => go(answer.id));
}

/** @param {string} id */
function go(id) {
  location.replace('/' + kind + '/' + encodeURIComponent(id));
}

/** @param {() => void} again @returns {() => void} */
function later(again) {
  return () => {
    failures += 1;
    if (failures > 1) say.textContent = 'The server does not answer just now. This page keeps trying; nothing needs to be done here.';
    setTimeout(again, backoff(failures, { base: 1000, cap: 20000 }));
  };
}

/** @param {string} text */
function show(text) {
  code.textContent = '';
  code.setAttribute('aria-label', 'Pairing code ' + text.split('').join(' '));
  text.split('').forEach((letter) => {
    const part = document.createElement('span');
    part.className = 'pairing-letter';
    part.textContent = letter;
    code.appendChild(part);
  });
  code.classList.remove('renewing');
}
