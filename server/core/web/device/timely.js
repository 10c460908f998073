/** Sets a limit to waiting for the network, which may never answer and never fail: fetch has none of its own, and Chromium 65 can't abort one. */

/**
 * The promise, or a rejection when it isn't kept in time; what comes later goes nowhere, so act on what this resolves to.
 * @template T @param {Promise<T>} promise @param {string} what @param {number} patience ms @returns {Promise<T>}
 */
export function timely(promise, what, patience) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(what + ' did not come in ' + patience / 1000 + ' s')), patience);
    const clear = () => clearTimeout(timer);
    promise.then(resolve, reject);
    promise.then(clear, clear);
  });
}
