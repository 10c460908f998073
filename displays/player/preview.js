/** The console's preview: the player's own stage and loop, fed once from the server; it stores nothing and tells nothing. */

import { addressesOf, createMedia } from './media.js';
import { createShowing } from './showing.js';
import { furnish } from './glass.js';

const page = document.documentElement;
const query = new URLSearchParams(location.search);
const fonts = page.getAttribute('data-static') + '/vendor/fonts/';
const media = createMedia({ caches: undefined, name: '', fetch: fetch.bind(window) });
const glass = furnish(document, {
  world: () => showing.world(), now: Date.now, media, code: () => null, addresses: (spot) => addressesOf(spot, fonts),
});
const nothing = () => undefined;

const showing = createShowing({
  stage: glass.stage,
  makeShelf: glass.shelf,
  now: Date.now,
  trusted: () => true,
  fill: glass.fill,
  journal: { begin: nothing, end: nothing, failed: nothing },
  onShowing: nothing,
  onStill: nothing,
  onReady: nothing,
  onSettled: nothing,
  atBoundary: () => false,
  onFault: nothing,
});

/** @param {{screen: any, loop: any, stores?: any[]}} show as GET /api/preview/loop/<campaign> answers */
function begin(show) {
  const rotation = Number(query.get('rotation')) || 0;
  const screen = Object.assign({ screen: 'preview', loop: 'loop:preview' }, show.screen, { loop: 'loop:preview', rotation });
  glass.slate(screen);
  glass.stage.rotate(rotation);
  showing.absorb('screen:preview', screen);
  (show.stores || []).forEach((store) => showing.absorb('store:' + store.store, store));
  showing.absorb('loop:preview', show.loop);
}

fetch('/api/preview/loop/' + encodeURIComponent(query.get('campaign') || ''), { credentials: 'same-origin' })
  .then((response) => (response.ok ? response.json() : Promise.reject(new Error(String(response.status)))))
  .then(begin)
  .catch(() => { glass.slate({ slate: { name: 'There is no preview of this campaign.' } }); });
window.addEventListener('resize', () => { if (glass.stage.measure()) showing.restage(); });
