/** “Add to my bag” on the page behind a code: with or without an account, and with the screen on which the item was seen. */

import { adding, removing } from '../shared/bag.js';
import { speak, t } from '../shared/words.js';
import { ask } from './ask.js';

/** @typedef {import('../shared/bag.js').Operation} Operation */

const HAS_BAG = 'vitrine:has-bag';
const PLUS = 'M12 5v14M5 12h14';
const TICK = 'M5 12.5l4.5 4.5L19 7.5';

for (const place of document.querySelectorAll('.adding')) begin(/** @type {HTMLElement} */ (place));

/** @param {HTMLElement} place */
async function begin(place) {
  const { variant = '', screen = '', spot = '' } = place.dataset;
  await speak(document.documentElement.lang, place.dataset.static || '');
  let bag = '';
  let busy = false;
  /** Made once, so that a second try is the same add. @type {Operation|null} */
  let made = null;
  // It stays, so that what changes in it is read out.
  const line = element('p', 'adding-said', '');
  line.setAttribute('role', 'status');
  const act = element('div', 'adding-act', '');
  place.replaceChildren(line, act);

  offer();
  place.hidden = false;
  if (remembered()) lookUp();

  /** It may be there already. */
  async function lookUp() {
    const own = await ask('GET', '/api/bag');
    if (own.status !== 200 || !own.body.bag) return;
    const { status, body } = await ask('GET', `/api/topics/bag:${own.body.bag}?as=shopper`);
    const item = status === 200 && !made && (body.doc.items || []).find((/** @type {any} */ one) => one.variant === variant);
    if (!item) return;
    bag = own.body.bag;
    there(item.adds);
  }

  async function add() {
    if (busy) return;
    busy = true;
    show('', '', button(t('Adding'), PLUS, true));
    const own = await ask('POST', '/api/bag');
    const seen = { ...(screen && { screen }), ...(spot && { spot }) };
    made = made || adding(variant, Date.now(), seen);
    const kept = own.status === 200 ? await ask('POST', `/api/bags/${own.body.bag}/operations`, { operations: [made] }) : own;
    busy = false;
    if (kept.status !== 200) { offer(t('That did not work just now, and nothing was added. Try again when you have a network.')); return; }
    bag = own.body.bag;
    const [{ why }] = kept.body.outcomes;
    if (why) {
      made = null;
      offer(why === 'full' ? t('Your bag is full: it holds 200 things. Remove one first.') : t('This is no longer sold, so it was not added.'));
      return;
    }
    remember();
    there([made.id]);
  }

  /** @param {string[]} adds */
  async function undo(adds) {
    const operation = removing({ variant, adds, at: '', seen: {} }, Date.now());
    const { status } = await ask('POST', `/api/bags/${bag}/operations`, { operations: [operation] });
    if (status !== 200) { there(adds, t('That did not work just now: it is still in your bag.')); return; }
    made = null;
    offer(t('Taken out again.'));
  }

  /** @param {string} [words] what happened */
  function offer(words = '') {
    place.classList.remove('adding-in');
    show(words, '', button(t('Add to my bag'), PLUS));
  }

  /** @param {string[]} adds @param {string} [words] */
  function there(adds, words = t('In your bag')) {
    const back = element('button', 'undo', t('Undo'));
    back.addEventListener('click', () => undo(adds));
    const see = /** @type {HTMLAnchorElement} */ (element('a', 'add', t('See my bag')));
    see.href = '/bag';
    place.classList.add('adding-in');
    show(words, TICK, back, see);
  }

  /** @param {string} words @param {string} path @param {boolean} [waiting] */
  function button(words, path, waiting = false) {
    const made = element('button', 'add', words);
    made.prepend(drawn(path));
    made.setAttribute('aria-disabled', String(waiting));
    made.addEventListener('click', add);
    return made;
  }

  /** @param {string} words @param {string} path of a sign before them @param {...HTMLElement} parts */
  function show(words, path, ...parts) {
    const focused = place.contains(document.activeElement);
    line.replaceChildren(...(path ? [drawn(path)] : []), ...(words ? [element('span', '', words)] : []));
    act.replaceChildren(...parts);
    // Whoever came here by keyboard goes on from what took the button's place.
    if (focused) /** @type {HTMLElement|null} */ (place.querySelector('.add'))?.focus();
  }
}

/** @param {string} name @param {string} kind @param {string} words @returns {HTMLElement} */
function element(name, kind, words) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  if (name === 'button') made.setAttribute('type', 'button');
  made.textContent = words;
  return made;
}

/** @param {string} path @returns {SVGElement} */
function drawn(path) {
  const space = 'http://www.w3.org/2000/svg';
  const sign = document.createElementNS(space, 'svg');
  sign.setAttribute('viewBox', '0 0 24 24');
  sign.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(space, 'path');
  line.setAttribute('d', path);
  sign.append(line);
  return sign;
}

/** Whether this browser has had a bag: only then is it worth asking for. */
function remembered() {
  try { return localStorage.getItem(HAS_BAG) === '1'; } catch { return false; }
}

function remember() {
  try { localStorage.setItem(HAS_BAG, '1'); } catch { /* Then the page does not say that it is there already. */ }
}
