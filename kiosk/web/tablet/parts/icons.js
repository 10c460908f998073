/** The signs on the glass: strokes in the colour of the words beside them, said by those words. */

import { html, svg } from '../../../../vendor/lit-html/lit-html.js';

/** @param {any} drawing */
const icon = (drawing) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${drawing}</svg>`;

export const bag = () => icon(svg`<path d="M5.2 8.2h13.6l1 12H4.2z"/><path d="M8.6 10.6V7a3.4 3.4 0 0 1 6.8 0v3.6"/>`);
export const plus = () => icon(svg`<path d="M12 5v14M5 12h14"/>`);
export const check = () => icon(svg`<path d="m5 12.5 4.6 4.7L19 7.5"/>`);
export const back = () => icon(svg`<path d="M14.5 5 7.5 12l7 7"/>`);
export const close = () => icon(svg`<path d="m6 6 12 12M18 6 6 18"/>`);
export const search = () => icon(svg`<circle cx="10.7" cy="10.7" r="6.2"/><path d="m15.4 15.4 4.8 4.8"/>`);
export const person = () => icon(svg`<circle cx="12" cy="8" r="3.6"/><path d="M4.8 20c.7-4 3.4-6 7.2-6s6.5 2 7.2 6"/>`);
export const phone = () => icon(svg`<rect x="7" y="2.8" width="10" height="18.4" rx="2.2"/><path d="M10.8 18.3h2.4"/>`);
export const columns = () => icon(svg`<rect x="3.5" y="5" width="7" height="14" rx="1.5"/><rect x="13.5" y="5" width="7" height="14" rx="1.5"/>`);
export const cloud = () => icon(svg`<path d="M7 18.5a4 4 0 0 1-.4-8A5.5 5.5 0 0 1 17 9.6a4.4 4.4 0 0 1 .5 8.9z"/><path d="m4 4 16 17"/>`);
export const rising = () => icon(svg`<path d="m4 16.5 5.5-6 4 3.7L20 7"/><path d="M15 7h5v5"/>`);
export const wipe = () => icon(svg`<path d="M5 12a7 7 0 1 0 2.3-5.2"/><path d="M7.5 3v4h4"/>`);
