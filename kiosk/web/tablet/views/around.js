/** What surrounds an item: what others say of it, what rises, what goes with it. Posts stand whole, as their authors wrote them. */

import { html, nothing } from '../../../../vendor/lit-html/lit-html.js';
import { day, t } from '../../shared/words.js';
import { rising } from '../parts/icons.js';
import { mark } from '../parts/marks.js';
import { reason } from '../parts/why.js';
import { mediaUrl } from '../range/pictures.js';
import { small } from './product.js';

/** @typedef {import('../state.js').Detail|null} Detail */

/** @param {Detail} detail */
export function said(detail) {
  if (!detail?.said?.length) return nothing;
  return html`<section class="said" aria-labelledby="said"><h2 id="said">${t('What others say')}</h2><div class="posts">${detail.said.map(post)}</div></section>`;
}

/** @param {any} one */
function post({ network, author, handle, avatar, text, lang, created_at, pictures }) {
  return html`<article class="post">
    <header class="post-who">${avatar ? html`<img class="avatar" src=${mediaUrl(avatar)} alt="" width="48" height="48">` : html`<span class="avatar" aria-hidden="true">${[...String(author || handle)][0]}</span>`}
      <span class="post-names"><bdi class="post-name">${author}</bdi><span class="soft"><bdi>${handle}</bdi> · <time datetime=${created_at}>${day(created_at)}</time></span></span>${mark(network)}</header>
    <p class="post-text" lang=${lang || 'und'} dir="auto">${text}</p>
    ${(pictures || []).map((/** @type {any} */ one) => html`<img class="post-picture" src=${mediaUrl(Array.isArray(one) ? one[0] : one)} alt="" loading="lazy">`)}
  </article>`;
}

/** @param {Detail} detail */
export function trends(detail) {
  if (!detail?.trends?.length) return nothing;
  return html`<p class="trends">${rising()}<span><span class="soft">${t('Much talked about now')}</span> ${detail.trends.map((one) => html`<bdi class="trend">${one.kind === 'hashtag' || one.kind === 'tag' ? '#' : ''}${one.word}</bdi> `)}</span></p>`;
}

/** @param {import('../glass.js').Scene} scene @param {Detail} detail */
export function beside(scene, detail) {
  if (!detail?.goes_with?.length) return nothing;
  return html`<section class="beside" aria-labelledby="beside"><h2 id="beside">${t('Goes with it')}</h2>
    <div class="strip">${detail.goes_with.map(({ item, why, data }) => small(item, scene, reason(why, data)))}</div></section>`;
}
