/** Decides what a document's version means: pure. */

/** @typedef {[string, number]} Version epoch and number: another epoch always replaces, else the greater number wins */

/** @typedef {{topic: string, version: Version, doc: any}} Entry a document with the topic and version it came as */

/**
 * Whether a document that arrived replaces the one at hand: another epoch always does, within an epoch only a newer one.
 * @param {Version|null|undefined} have @param {Version} came @returns {boolean}
 */
export function replaces(have, came) {
  return !have || have[0] !== came[0] || came[1] > have[1];
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
