/** What a shopper can do on the bag's page. */

import { adding, removing } from '../shared/bag.js';
import { t } from '../shared/words.js';
import { ask } from './ask.js';
import { closeSheet, openSheet } from './dialogs.js';

/** @typedef {import('../shared/bag.js').Item} Item */
/** @typedef {import('../shared/bag.js').Operation} Operation */
/** @typedef {import('./bag.js').World} World */

/**
 * @param {{world: World, put: (operation: Operation) => void, check: () => void, changed: () => void, place: (screen: string) => string}} parts
 */
export function createActs({ world, put, check, changed, place }) {
  const { goods, where, shares, toasts } = world;
  const ids = () => world.items.map(({ variant }) => variant);

  /** @param {Item} item */
  function remove(item) {
    const good = goods.of(item.variant);
    goOnFrom(ids().indexOf(item.variant));
    put(removing(item, Date.now()));
    // Undone, it is where it was: its add says when it was first added.
    toasts.say(t('{name} is out of your bag.', { name: good ? [good.title, good.colour].filter(Boolean).join(', ') : t('It') }), t('Undo'), () => put(adding(item.variant, Date.parse(item.at), item.seen)));
  }

  /** @param {import('./following.js').Tablet} tablet */
  async function clear(tablet) {
    if (!world.online || world.clearing) return;
    world.clearing = tablet.visit;
    changed();
    const { status } = await ask('DELETE', `/api/bag/visits/${tablet.visit}`);
    world.clearing = '';
    toasts.say(status === 204 ? t('The tablet is cleared. Your bag stays here.') : t('The tablet could not be reached just now. Try again, or tap “Done” on it.'));
  }

  async function locate() {
    if (where.trouble() === 'asking' || !(await where.locate())) return;
    looked();
  }

  /** @param {import('./near.js').Store} store */
  function pick(store) {
    where.choose([store]);
    looked();
  }

  function looked() {
    closeSheet('where');
    where.refresh(ids(), Date.now());
  }

  /** @param {string} variant */
  function toggle(variant) {
    world.open = world.open === variant ? '' : variant;
    changed();
    where.refresh(ids(), Date.now());
  }

  function choose() {
    where.calm();
    where.list();
    openSheet('where');
  }

  function share() {
    shares.load();
    openSheet('share');
  }

  return {
    clear, locate, pick, share, check, where: choose,
    setting: () => ({ stores: where.chosen(), shelves: where.shelves(), place, online: world.online, now: Date.now(), remove, toggle, where: choose }),
  };
}

/** Whoever removes things by keyboard goes on from the one that follows. @param {number} index */
function goOnFrom(index) {
  if (!document.activeElement?.matches('.out')) return;
  requestAnimationFrame(() => {
    const left = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.out'));
    (left[Math.min(index, left.length - 1)] || document.querySelector('h1'))?.focus({ preventScroll: true });
  });
}
