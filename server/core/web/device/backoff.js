/** Decides how long to wait before trying again: doubling, bounded, and spread by chance so that a thousand screens don't return in one second. */

/**
 * @param {number} failures in a row, from 1
 * @param {{base?: number, cap?: number, random?: () => number}} [options] milliseconds
 * @returns {number} milliseconds
 */
export function backoff(failures, options) {
  const { base = 500, cap = 30000, random = Math.random } = options || {};
  const most = Math.min(cap, base * Math.pow(2, Math.min(failures, 16)));
  return Math.round(most / 2 + random() * most / 2);
}
