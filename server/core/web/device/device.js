/** Remembers in this browser which devices it is: tokens by device id, and which screen and which tablet was opened last. */

import { openDatabase } from './database.js';

const STORE = 'devices';
/** @typedef {'screen'|'kiosk'} Kind */

/** @param {Kind} kind @returns {string} */
const lastKey = (kind) => (kind === 'screen' ? 'vitrine:last' : 'vitrine:last-' + kind);

/** Browsers write localStorage down seconds later, IndexedDB at once: a power cut just after pairing must not cost the token. Both are kept,
 * since a browser that is short of room may drop either. */
const books = openDatabase('vitrine', [STORE], typeof indexedDB === 'undefined' ? undefined : indexedDB);

/** @param {string} id @returns {string} */
const tokenKey = (id) => 'vitrine:' + id + ':token';

/** @param {Kind} kind @param {string} id @param {string} token @returns {Promise<void>} */
export function remember(kind, id, token) {
  write(tokenKey(id), token);
  return keep(tokenKey(id), token).then(() => opened(kind, id));
}

/** @param {string} id @returns {Promise<string|null>} */
export function tokenOf(id) {
  return recall(tokenKey(id));
}

/** @param {Kind} kind @returns {Promise<string|null>} the id of the device of this kind that this browser was last */
export function lastDevice(kind) {
  return recall(lastKey(kind)).then((id) => (id ? tokenOf(id).then((token) => (token ? id : null)) : null));
}

/** @param {Kind} kind @param {string} id @returns {Promise<void>} */
export function opened(kind, id) {
  write(lastKey(kind), id);
  return keep(lastKey(kind), id);
}

/** @param {Kind} kind @param {string} id of a device whose token is no longer good @returns {Promise<any>} */
export function forget(kind, id) {
  const last = read(lastKey(kind)) === id;
  const keys = [tokenKey(id)].concat(last ? lastKey(kind) : []);
  keys.forEach(erase);
  return books.then((db) => db.remove(STORE, keys)).catch(() => undefined);
}

/** @param {string} key @param {string} value @returns {Promise<void>} */
function keep(key, value) {
  return books.then((db) => db.put(STORE, key, value)).catch(() => undefined);
}

/** @param {string} key @returns {Promise<string|null>} */
function recall(key) {
  const quick = read(key);
  if (quick) return Promise.resolve(quick);
  return books.then((db) => db.get(STORE, key)).then((value) => value || null, () => null);
}

/** @param {string} key @returns {string|null} */
export function read(key) {
  try { return localStorage.getItem(key); } catch (error) { return null; }
}

/** @param {string} key @param {string} value */
export function write(key, value) {
  try { localStorage.setItem(key, value); } catch (error) { /* The other book has it. */ }
}

/** @param {string} key */
export function erase(key) {
  try { localStorage.removeItem(key); } catch (error) { /* Nothing was kept. */ }
}
