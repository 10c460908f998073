/** Remembers in this browser which screen it is: tokens by screen id, and which screen was opened last. */

const LAST = 'vitrine:last';

/** @param {string} id @returns {string} */
const tokenKey = (id) => 'vitrine:' + id + ':token';

/** @param {string} id @param {string} token */
export function remember(id, token) {
  write(tokenKey(id), token);
  write(LAST, id);
}

/** @param {string} id @returns {string|null} */
export function tokenOf(id) {
  return read(tokenKey(id));
}

/** @returns {string|null} the id of the screen that this browser was last */
export function lastScreen() {
  const id = read(LAST);
  return id && tokenOf(id) ? id : null;
}

/** @param {string} id */
export function opened(id) {
  write(LAST, id);
}

/** @param {string} id of a screen whose token is no longer good */
export function forget(id) {
  erase(tokenKey(id));
  if (read(LAST) === id) erase(LAST);
}

/** @param {string} key @returns {string|null} */
export function read(key) {
  try { return localStorage.getItem(key); } catch (error) { return null; }
}

/** @param {string} key @param {string} value */
export function write(key, value) {
  try { localStorage.setItem(key, value); } catch (error) { /* A browser that keeps nothing is paired anew after a restart. */ }
}

/** @param {string} key */
export function erase(key) {
  try { localStorage.removeItem(key); } catch (error) { /* Nothing was kept. */ }
}
