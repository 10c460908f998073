/** What a tablet says on an address without TLS: it could seal nothing there and would forget everything without a network, so it does not begin. */

import { html, render } from '../../../../vendor/lit-html/lit-html.js';
import { speak, t } from '../../shared/words.js';

/** @param {string} base address of the static tree */
export async function insecure(base) {
  await speak(navigator.language, base);
  const root = /** @type {HTMLElement} */ (document.getElementById('app'));
  render(html`<main class="insecure nothing" role="alert"><h1>${t('This tablet needs a secure address')}</h1>
    <p>${t('Here it could keep nothing safe, so it does not begin. Ask whoever runs it to open it by https.')}</p>
    <p><a href="/trust">${t('This page tells how')}: ${location.host}/trust</a></p></main>`, root);
}
