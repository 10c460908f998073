/** A wall of tiles of which only those in view are in the page: thousands scroll like twenty. */

import { html } from '../../../../vendor/lit-html/lit-html.js';
import { repeat } from '../../../../vendor/lit-html/directives/repeat.js';
import { properties } from '../parts/room.js';
import { tile } from './tile.js';

const GAP = 16;
const BEYOND = 2;

/** @typedef {{columns: number, row: number, from: number, to: number, height: number}} Cut which rows are in the page: pure */

/** @param {{width: number, height: number, top: number, least: number, count: number}} glass px: of the wall, of the view, how far it is scrolled past
 * the wall's beginning; least: width of a tile @returns {Cut} */
export function cut({ width, height, top, least, count }) {
  const columns = Math.max(2, Math.floor((width + GAP) / (least + GAP)));
  const tileWidth = (width - GAP * (columns - 1)) / columns;
  const row = Math.round(tileWidth * 1.36) + GAP;
  const rows = Math.ceil(count / columns);
  const from = Math.min(Math.max(0, Math.floor(top / row) - BEYOND), Math.max(0, rows - 1));
  const to = Math.min(rows, Math.max(0, Math.ceil((top + height) / row)) + BEYOND);
  return { columns, row, from, to: Math.max(to, from), height: Math.max(0, rows * row - GAP) };
}

/** @param {import('../range/shelf.js').Tile[]} tiles @param {import('../glass.js').Scene} scene */
export function wall(tiles, scene) {
  const seen = scene.scroll();
  const { columns, row, from, to, height } = cut({ ...seen, count: tiles.length });
  const shown = tiles.slice(from * columns, to * columns);
  return html`<div class="wall" ${properties({ height: height + 'px' })}>
    <div class="wall-rows" ${properties({ '--columns': columns, '--row': row - GAP + 'px', transform: `translateY(${from * row}px)` })}>
      ${repeat(shown, (one) => one.item.product, (one) => tile(one, scene))}
    </div>
  </div>`;
}
