/** Decides which topics a screen needs: pure. */

/** @typedef {import('./types.js').World} World */

/** @param {string} id of the screen @param {World} world @returns {string[]} the topics that the screen needs now */
export function needed(id, world) {
  const screen = world.screen;
  if (!screen || screen.gone) return ['screen:' + id];
  const stores = (screen.stores || []).map((store) => 'store:' + store.id);
  return ['screen:' + id].concat(screen.loop ? [screen.loop] : [], stores);
}
