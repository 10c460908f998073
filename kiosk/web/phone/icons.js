/** The few signs of the shopper's pages, drawn with one pen. */

import { html, svg } from '../../../vendor/lit-html/lit-html.js';

const PATHS = {
  cross: 'M7 7l10 10M17 7L7 17',
  down: 'M6 9.5l6 6 6-6',
  up: 'M6 14.5l6-6 6 6',
  away: 'M8.5 15.5l8-8M10 7h7v7',
  pin: 'M12 21s6.5-6 6.5-11a6.5 6.5 0 0 0-13 0c0 5 6.5 11 6.5 11zM12 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z',
  share: 'M12 15V4M8 7.5L12 3.5l4 4M6 11.5H5v8.5h14v-8.5h-1',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 14.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2z',
  way: 'M20.5 3.5L3.5 11l7 2.5L13 20.5z',
  person: 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1',
  locate: 'M12 2.5v3.5M12 18v3.5M2.5 12H6M18 12h3.5M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12z',
  bag: 'M5 8.5h14l1.2 12H3.8zM8.5 10.5V7a3.5 3.5 0 0 1 7 0v3.5',
  key: 'M8.5 13.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM11.8 12l8.2 8M16.5 16.5l2.2-2.2',
  save: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 19.5h14',
  right: 'M9.5 6l6 6-6 6',
};

/** @param {keyof typeof PATHS} name */
export function icon(name) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${svg`<path d=${PATHS[name]} />`}</svg>`;
}
