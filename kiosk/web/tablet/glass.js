/** Draws what the state says onto the glass, in the room that it is in. */

import { html, nothing, render } from '../../../vendor/lit-html/lit-html.js';
import { spoken } from '../shared/words.js';
import { dress } from './parts/room.js';
import { guard } from './parts/trap.js';
import { roomOf } from './state.js';
import { asking } from './views/asking.js';
import { attract } from './views/attract.js';
import { bag } from './views/bag.js';
import { chosen, compare } from './views/compare.js';
import { foot, head, toast } from './views/frame.js';
import { home } from './views/home.js';
import { product } from './views/product.js';

/** @typedef {ReturnType<typeof import('./acts.js').createActs>} Act what a touch may do */
/** @typedef {{now: () => number, monotonic: () => number}} Clock server time, ms; and a clock that never goes back */
/**
 * @typedef {object} Scene
 * @property {import('./state.js').State} state @property {Act} act @property {Clock} clock
 * @property {() => import('./range/shelf.js').Tile[]} tiles what fits the wish
 * @property {(by: 'type'|'brand'|'family') => import('./range/shelf.js').Facet[]} facets
 * @property {() => {width: number, height: number, top: number, least: number}} scroll of the wall
 */

const VIEWS = { home, product, compare, bag };

/** @param {HTMLElement} root @param {{store: () => import('./state.js').State, act: Act, clock: Clock, soon: () => void, drawn: () => void}} parts */
export function createGlass(root, { store, act, clock, soon, drawn }) {
  /** What was reckoned for the last drawing is good for the next, as long as range and wish are. @type {Map<string, {key: any[], value: any}>} */
  const memory = new Map();

  /** @template T @param {string} name @param {any[]} key @param {() => T} reckon @returns {T} */
  function remembered(name, key, reckon) {
    const last = memory.get(name);
    if (last && last.key.every((part, index) => part === key[index])) return last.value;
    const value = reckon();
    memory.set(name, { key, value });
    return value;
  }

  /** @returns {Scene} */
  function scene() {
    const state = store();
    const { shelf, wish, further } = state;
    return {
      state, act, clock, scroll,
      tiles: () => remembered('tiles', [shelf, wish, further], () => {
        const own = shelf.tiles(wish);
        const here = new Set(own.map((tile) => tile.item.product));
        return [...own, ...further.filter((item) => !here.has(item.product)).map((item) => ({ item, shades: [], from: false }))];
      }),
      facets: (by) => remembered(by, [shelf, wish], () => shelf.facets(by, wish)),
    };
  }

  /** @returns {{width: number, height: number, top: number, least: number}} */
  function scroll() {
    const view = root.querySelector('.view');
    const wall = root.querySelector('.wall');
    const least = parseFloat(getComputedStyle(root).fontSize) * 12.5;
    if (!view) return { width: innerWidth - 64, height: innerHeight, top: 0, least };
    const width = wall ? wall.clientWidth : view.clientWidth - 2 * parseFloat(getComputedStyle(view).paddingLeft || '0');
    const top = wall ? view.getBoundingClientRect().top - wall.getBoundingClientRect().top : 0;
    return { width, height: view.clientHeight, top, least };
  }

  function draw() {
    const now = scene();
    const { state } = now;
    dress(document.documentElement, state.visiting ? roomOf(state) || brandRoom(state.kiosk) : brandRoom(state.kiosk));
    render(state.wiping || !state.kiosk ? html`<main class="attract"></main>` : state.visiting ? visit(now) : attract(now), root);
    guard(root);
    drawn();
  }

  /** @param {Scene} now */
  function visit(now) {
    const { state } = now;
    return html`<div class="behind">${head(now)}
      <main class="view view-${state.view.name}" tabindex="-1" @scroll=${moved}>${VIEWS[state.view.name](now)}</main>
      <div class="above">${chosen(now)}${toast(now)}</div>${foot(now)}</div>
      ${asking(now)}<p class="sr" role="status" lang=${spoken()}>${state.said || nothing}</p>`;
  }

  /** Only the wall is drawn by where it is scrolled to. */
  function moved() {
    if (root.querySelector('.wall')) soon();
  }

  return { draw, view: () => /** @type {HTMLElement|null} */ (root.querySelector('.view')) };
}

/** @param {any} kiosk @returns {string[]|undefined} */
function brandRoom(kiosk) {
  const brand = kiosk && kiosk.brand;
  if (!brand) return undefined;
  document.documentElement.dataset.display = brand.display;
  document.documentElement.dataset.text = brand.text;
  return [brand.field, brand.ink, '', brand.accent];
}
