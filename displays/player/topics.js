/** Decides what a document's version means, and which topics a screen needs: pure. */

/** @typedef {import('./types.js').Version} Version */
/** @typedef {import('./types.js').World} World */

/**
 * Whether a document that arrived replaces the one at hand: another epoch always does, within an epoch only a newer one.
 * @param {Version|null|undefined} have @param {Version} came @returns {boolean}
 */
export function replaces(have, came) {
  return !have || have[0] !== came[0] || came[1] > have[1];
}

/** @param {string} id of the screen @param {World} world @returns {string[]} the topics that the screen needs now */
export function needed(id, world) {
  const screen = world.screen;
  if (!screen || screen.gone) return ['screen:' + id];
  const stores = (screen.stores || []).map((store) => 'store:' + store.id);
  return ['screen:' + id].concat(screen.loop ? [screen.loop] : [], stores);
}

/** @param {string|null} etag such as "e5-12" with its quotes, weak or not @returns {Version|null} */
export function versionOf(etag) {
  const match = /^(?:W\/)?"(.+)-(\d+)"$/.exec(etag || '');
  return match ? [match[1], Number(match[2])] : null;
}

/** @param {Version|null|undefined} version @returns {string|null} the ETag of the HTTP twin */
export function etagOf(version) {
  return version ? '"' + version[0] + '-' + version[1] + '"' : null;
}
