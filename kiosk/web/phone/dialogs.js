/** The two sheets of the bag's page: which stores to look in, and links that share a copy of the bag. */

import { html, nothing } from '../../../vendor/lit-html/lit-html.js';
import { day, n, t } from '../shared/words.js';
import { icon } from './icons.js';

/** @typedef {ReturnType<import('./whereabouts.js').createWhereabouts>} Whereabouts */
/** @typedef {ReturnType<import('./shares.js').createShares>} Shares */

/** @param {string} id @param {string} heading @param {any} inside */
function sheet(id, heading, inside) {
  return html`<dialog class="sheet" id=${id} aria-labelledby=${`${id}-h`} @click=${outside}>
    <div class="sheet-in">
      <div class="sheet-head"><h2 id=${`${id}-h`}>${heading}</h2><form method="dialog"><button class="round" aria-label=${t('Close')}>${icon('cross')}</button></form></div>
      ${inside}
    </div>
  </dialog>`;
}

/** A tap beside the sheet closes it. @param {Event} event */
function outside(event) {
  if (event.target === event.currentTarget) /** @type {HTMLDialogElement} */ (event.currentTarget).close();
}

/** @param {Whereabouts} where @param {{locate: () => void, pick: (store: import('./near.js').Store) => void}} act */
export function whereSheet(where, { locate, pick }) {
  const asking = where.trouble() === 'asking';
  return sheet('where', t('Where shall we look?'), html`
    <button class="button button-wide" type="button" aria-disabled=${asking} @click=${locate}>${icon('locate')}${asking ? t('Asking this phone') : t('Use my position')}</button>
    <p class="small soft" role="status">${troubleSaid(where.trouble()) || t('Your position stays on this phone: distances are reckoned here.')}</p>
    <h3>${t('Or pick a store')}</h3>
    <ul class="choices">${where.all().map((store) => html`<li><button type="button" @click=${() => pick(store)}><b>${store.name}</b><span>${store.address}</span></button></li>`)}</ul>
    ${where.all().length ? nothing : html`<p class="small soft">${t('The list of stores comes when there is a network.')}</p>`}`);
}

/** @param {import('./whereabouts.js').Trouble} trouble @returns {string} */
function troubleSaid(trouble) {
  if (trouble === 'denied') return t('This phone does not tell this page where it is. Pick a store, or allow it in the browser’s settings.');
  if (trouble === 'unknown') return t('The position could not be found just now. Pick a store instead.');
  return trouble === 'far' ? t('No store of ours is within 100 km. Pick one instead.') : '';
}

/** @param {Shares} shares @param {number} count of what is in the bag @param {boolean} online */
export function shareSheet(shares, count, online) {
  const links = shares.list();
  return sheet('share', t('Share a copy'), html`
    <p>${n('Whoever has the link sees the one thing that is in your bag now. Later changes do not show, it says nothing of you, and you can withdraw it.',
      'Whoever has the link sees the {n} things that are in your bag now. Later changes do not show, it says nothing of you, and you can withdraw it.', count)}</p>
    <button class="button button-wide" type="button" aria-disabled=${!online || shares.busy()} @click=${shares.make}>${icon('link')}${t('Make a link')}</button>
    <p class="small" role="status">${online ? shares.said() : t('A link can be made when there is a network.')}</p>
    ${links.length ? html`<ul class="rows links">${links.map((link) => html`<li>
      <div class="words"><b>${n('{n} thing', '{n} things', link.items)}</b><br><span class="soft small">${t('made on {day}, good until {until}', { day: day(link.made_at), until: day(link.expires_at) })}</span></div>
      <div class="row">
        ${link.address ? html`<button class="button button-small" type="button" @click=${() => shares.send(link)}>${t('Send')}</button>` : nothing}
        <button class="button button-small button-bad" type="button" aria-disabled=${!online} @click=${() => shares.withdraw(link)}>${t('Withdraw')}</button>
      </div></li>`)}</ul>` : nothing}`);
}

/** @param {string} id */
export function openSheet(id) {
  const found = /** @type {HTMLDialogElement|null} */ (document.getElementById(id));
  if (found && !found.open) found.showModal();
}

/** @param {string} id */
export function closeSheet(id) {
  /** @type {HTMLDialogElement|null} */ (document.getElementById(id))?.close();
}
