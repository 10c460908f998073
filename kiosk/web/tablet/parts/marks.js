/** The networks' marks, drawn plainly, in the colour of the text around them; the same drawings as on the cards. */

import { html, nothing, svg } from '../../../../vendor/lit-html/lit-html.js';

/** @type {Record<string, [string, any]>} */
const DRAWN = {
  x: ['X', svg`<path fill="none" stroke="currentColor" stroke-width="1.8" d="M3.4 3.4h4.9l12.3 17.2h-4.9z"/><path fill="none" stroke="currentColor" stroke-width="2.1" d="M20 3 13.3 10.7M10.6 13.6 4 21"/>`],
  mastodon: ['Mastodon', svg`<path fill="currentColor" fill-rule="evenodd" d="M5.2 2.6h13.6A3.4 3.4 0 0 1 22.2 6v7.6a3.9 3.9 0 0 1-3.9 3.9H9.8c.3 1.5 2.6 2.1 6.2 1.5v2.3C9.6 22.6 3.6 21.2 2.3 15.3 1.9 13.3 1.8 10 1.8 6a3.4 3.4 0 0 1 3.4-3.4zM6.3 13.7h2.3V8.5a1.3 1.3 0 0 1 2.3 0v3.3h2.2V8.5a1.3 1.3 0 0 1 2.3 0v5.2h2.3V8.3A3.3 3.3 0 0 0 12 6.5 3.3 3.3 0 0 0 6.3 8.3z"/>`],
  bluesky: ['Bluesky', svg`<path fill="currentColor" d="M12 11.3C10.7 8.5 7.5 4.9 4.9 3.5 2.7 2.3 1.6 3.1 1.6 5.6c0 1.3.7 5.6 1.1 6.5 .9 2.2 3 2.7 5.1 2.4-3.3.6-4.3 2.3-2.4 4.3 3.2 3.3 5.2-.3 6.6-3.5 1.4 3.2 3.4 6.8 6.6 3.5 1.9-2 .9-3.7-2.4-4.3 2.1.3 4.2-.2 5.1-2.4.4-.9 1.1-5.2 1.1-6.5 0-2.5-1.1-3.3-3.3-2.1C16.5 4.9 13.3 8.5 12 11.3z"/>`],
};

/** @param {string} network */
export function mark(network) {
  const drawn = DRAWN[network];
  return drawn ? html`<svg class="mark" viewBox="0 0 24 24" role="img" aria-label=${drawn[0]}>${drawn[1]}</svg>` : nothing;
}
