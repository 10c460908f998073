/** One card in a frame, mounted by the player's own code: what is seen here is what plays. */

import { mount, stepFor } from '../../../displays/player/card.js';

const stage = /** @type {HTMLElement} */ (document.querySelector('.stage'));
const note = /** @type {HTMLElement} */ (document.querySelector('.not-here'));
const world = JSON.parse(/** @type {HTMLElement} */ (document.getElementById('world')).textContent || '{}');
const width = Number(stage.dataset.width);
const height = Number(stage.dataset.height);

stage.style.setProperty('width', width + 'px');
stage.style.setProperty('height', height + 'px');
stage.style.setProperty('--u', Math.min(width, height) / 100 + 'px');

/** The glass's own size, made as small as the frame: proportions and line breaks stay those of the glass. */
function scale() {
  const factor = Math.min(innerWidth / width, innerHeight / height);
  stage.style.setProperty('transform', 'translate(' + (innerWidth - width * factor) / 2 + 'px, ' + (innerHeight - height * factor) / 2 + 'px) scale(' + factor + ')');
}

/** @param {string} words */
function say(words) {
  note.textContent = words;
  note.hidden = false;
  document.documentElement.dataset.card = 'none';
}

/** @param {string} html */
function show(html) {
  const card = mount(html, stage, { width, height });
  if (stepFor(card.root, width, height) === null) {
    card.root.remove();
    say('Too long for glass of this shape: it is not shown there.');
    return undefined;
  }
  card.fill(world);
  const ready = () => { stage.classList.add('ready'); document.documentElement.dataset.card = 'ready'; };
  return card.decoded.then(() => { card.fill(world); ready(); }, ready);
}

scale();
addEventListener('resize', scale);
fetch('/media/' + stage.dataset.card)
  .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(String(answer.status)))))
  .then(show)
  .catch(() => say('The card could not be loaded.'));
