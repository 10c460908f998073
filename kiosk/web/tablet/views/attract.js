/** What the tablet shows while nobody is there: the store's own loop in a frame, the house's sign beneath, and one wish over it, in every language. */

import { html } from '../../../../vendor/lit-html/lit-html.js';
import { mediaUrl } from '../range/pictures.js';

const BEGIN = [['en', 'Touch to begin'], ['vi', 'Chạm để bắt đầu'], ['nb', 'Trykk for å begynne']];

/** @param {import('../glass.js').Scene} scene */
export function attract({ state, act }) {
  const brand = state.kiosk?.brand || { name: 'Vitrine', logo: null };
  const own = state.kiosk?.language || 'en';
  const wishes = [...BEGIN].sort(([one], [other]) => Number(other === own) - Number(one === own));
  return html`<main class="attract">
    <div class="slate"><div class="slate-light"></div><div class="slate-sign">${brand.logo ? html`<img class="slate-logo" src=${mediaUrl(brand.logo)} alt=${brand.name}>` : html`<p class="slate-name">${brand.name}</p>`}<i class="slate-rule"></i></div></div>
    <div class="player"></div>
    <button class="begin" @click=${act.begin}><span class="begin-words">${wishes.map(([language, words]) => html`<span lang=${language}>${words}</span>`)}</span></button>
  </main>`;
}
