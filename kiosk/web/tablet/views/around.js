/** What surrounds an item: what others say of it, what rises, what goes with it. Posts stand whole, as their authors wrote them. */

import { html, nothing } from '../../../../vendor/lit-html/lit-html.js';
import { day, t } from '../../shared/words.js';
import { rising } from '../parts/icons.js';
import { mark } from '../parts/marks.js';
import { reason } from '../parts/why.js';
import { mediaUrl } from '../range/pictures.js';
import { small } from './product.js';

/** @typedef {import('../state.js').Detail|null} Detail */

/** What is said of it, and then of what is like it, each with the thing that it speaks of. @param {import('../glass.js').Scene} scene @param {Detail} detail */
export function said(scene, detail) {
  if (!detail?.said?.length && !detail?.alike?.length) return nothing;
  const own = detail.said.length > 0;
  return html`<section class="said" aria-labelledby="said"><h2 id="said">${own ? t('What others say') : t('What others say of things like it')}</h2>
    ${own ? html`<div class="posts">${detail.said.map(post)}</div>` : nothing}
    ${own && detail.alike?.length ? html`<h3>${t('And of things like it')}</h3>` : nothing}
    ${(detail.alike || []).map((one) => of(scene, one))}</section>`;
}

/** A post beside the item that it speaks of. @param {import('../glass.js').Scene} scene @param {any} one */
export function of(scene, { post: said, item, why, data }) {
  return html`<div class="of">${small(item, scene, reason(why, data))}${post(said)}</div>`;
}

/** @param {any} one */
export function post({ network, author, handle, avatar, text, pieces, lang, created_at, pictures }) {
  return html`<article class="post">
    <header class="post-who">${avatar ? html`<img class="avatar" src=${mediaUrl(avatar)} alt="" width="48" height="48">` : html`<span class="avatar" aria-hidden="true">${[...String(author || handle)][0]}</span>`}
      <span class="post-names"><bdi class="post-name">${author}</bdi><span class="soft"><bdi>${handle}</bdi> · <time datetime=${created_at}>${day(created_at)}</time></span></span>${mark(network)}</header>
    <p class="post-text" lang=${lang || 'und'} dir="auto">${(pieces || [[text, '']]).map(piece)}</p>
    ${(pictures || []).map((/** @type {any} */ one) => html`<img class="post-picture" src=${mediaUrl(Array.isArray(one) ? one[0] : one)} alt="" loading="lazy">`)}
  </article>`;
}

/** A stretch of words, or an emoji as a picture of ours: not every tablet has a typeface with them. @param {[string, string]} stretch */
function piece([words, icon]) {
  return icon ? html`<img class="emoji" src="/emoji/${icon}.svg" alt=${words}>` : words;
}

/** @param {Detail} detail */
export function trends(detail) {
  if (!detail?.trends?.length) return nothing;
  return html`<p class="trends">${rising()}<span><span class="soft">${t('Much talked about now')}</span> ${detail.trends.map((one) => html`<bdi class="trend">${one.kind === 'hashtag' || one.kind === 'tag' ? '#' : ''}${one.word}</bdi> `)}</span></p>`;
}

/** @param {import('../glass.js').Scene} scene @param {Detail} detail */
export function beside(scene, detail) {
  return html`${row(scene, 'next-to', t('The shade next to it'), detail?.next_to || [])} ${row(scene, 'beside', t('Goes with it'), detail?.goes_with || [])}`;
}

/** @param {import('../glass.js').Scene} scene @param {string} id @param {string} name @param {any[]} found each with its reason, or with words of its own */
export function row(scene, id, name, found) {
  if (!found.length) return nothing;
  return html`<section class="beside" aria-labelledby=${id}><h2 id=${id}>${name}</h2>
    <div class="strip">${found.map(({ item, why, data, words }) => small(item, scene, words || reason(why, data)))}</div></section>`;
}
