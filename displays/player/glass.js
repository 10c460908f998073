/** Puts the stage, the slate and the cards together, for the player and for the preview. */

import { createShelf } from './shelf.js';
import { createStage } from './stage.js';
import { mount } from './plain.js';

/** @typedef {import('./types.js').Spot} Spot */
/** @typedef {import('./types.js').World} World */

/** @param {Document} document @param {{screen: string, fonts: string}} parts */
export function furnish(document, parts) {
  const root = /** @type {HTMLElement} */ (document.querySelector('.stage'));
  const stage = createStage(root, { window });
  return {
    root,
    stage,
    /**
     * @param {any} media @param {(spot: Spot) => string[]} addresses
     * @param {{onReady: (spot: Spot) => void, onFailed: (spot: Spot, error: Error) => void}} events
     */
    shelf: (media, addresses, events) => createShelf({
      media, stage, addresses, onReady: events.onReady, onFailed: events.onFailed,
      mount: (html, layer) => mount(html, layer, stage.size()),
    }),
    /** @param {{spot: Spot, card: any}} prepared @param {World} world @param {number} now */
    fill(prepared, world, now) {
      prepared.card.fill({ screen: world.screen, stores: world.stores, spot: prepared.spot, now });
    },
  };
}

/** @param {ReturnType<typeof furnish>} glass @param {any} screen @param {any} media */
export function drawSlate(glass, screen, media) {
  void media;
  const slate = /** @type {HTMLElement} */ (glass.root.querySelector('.slate'));
  slate.textContent = screen.slate && screen.slate.name || '';
}
