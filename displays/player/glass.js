/** Puts the stage, the slate and the cards together, for the player and for the preview. */

import { createShelf } from './shelf.js';
import { createStage } from './stage.js';
import { fits, mount, stepFor } from './card.js';
import { drawSlate } from './slate.js';

/** @typedef {import('./types.js').Spot} Spot */
/** @typedef {import('./types.js').World} World */

/**
 * @param {Document} document
 * @param {{
 *   world: () => World,
 *   now: () => number,
 *   code: (spot: Spot) => string|null,
 *   media: {ensure: (addresses: string[], wishes: string[]) => Promise<void>, text: (address: string) => Promise<string>, has: (address: string) => boolean},
 *   addresses: (spot: Spot) => string[],
 * }} parts `code` names the address of a spot's QR code, if it has one
 */
export function furnish(document, parts) {
  const root = /** @type {HTMLElement} */ (document.querySelector('.stage'));
  const slate = /** @type {HTMLElement} */ (document.querySelector('.slate'));
  const stage = createStage(root, { window });

  /** @param {Spot} spot */
  function factsOf(spot) {
    const code = parts.code(spot);
    return facts(parts.world(), parts.now(), code && parts.media.has(code) ? code : null);
  }

  /** Filled before it is measured and decoded: the code is a picture too, and a line may be long.
   * @param {string} html @param {HTMLElement} layer @param {Spot} spot */
  function mounted(html, layer, spot) {
    const { width, height } = stage.size();
    const card = mount(html, layer, { width, height, life: spot.seconds });
    if (stepFor(card.root, width, height) === null) throw new Error('the card was not composed for a glass of ' + width + ' by ' + height);
    card.fill(factsOf(spot));
    const decoded = card.decoded.then(() => decodedCodes(card.root)).then(() => {
      if (!fits(card.root, width, height)) throw new Error('the card does not fit a glass of ' + width + ' by ' + height);
    });
    return { root: card.root, fill: card.fill, decoded };
  }

  return {
    stage,
    /** @param {{onReady: (spot: Spot) => void, onFailed: (spot: Spot, error: Error) => void}} events */
    shelf: (events) => createShelf({
      media: parts.media, stage, addresses: parts.addresses, code: parts.code, mount: mounted, onReady: events.onReady, onFailed: events.onFailed,
    }),
    /** Bring prices, stock and times of a card up to date. @param {{spot: Spot, card: any}} prepared */
    fill: (prepared) => prepared.card.fill(factsOf(prepared.spot)),
    /** @param {any} screen its document */
    slate: (screen) => drawSlate(slate, screen.slate || {}),
  };
}

/** What slots are filled from: only stores within the screen's range count as near.
 * @param {World} world @param {number} now @param {string|null} qr */
function facts(world, now, qr) {
  const screen = world.screen;
  const range = screen && screen.range_minutes;
  const stores = (screen && screen.stores || []).filter((store) => range == null || store.minutes <= range);
  return { screen: Object.assign({}, screen, { stores }), stores: world.stores, now, qr };
}

/** @param {HTMLElement} root @returns {Promise<any>} */
function decodedCodes(root) {
  const codes = Array.from(root.querySelectorAll('img[data-slot="qr"][src]'));
  return Promise.all(codes.map((code) => /** @type {HTMLImageElement} */ (code).decode().catch(() => undefined)));
}

