/** The language of shoppers' pages: what the server took from the browser or from the switch, changed by the switch at the top, and remembered. */

import { LANGUAGES, speak, spoken } from '../shared/words.js';

const YEAR = 365 * 86400;
const root = document.documentElement;

/** Where the static tree lies. */
export const base = root.dataset.static || '';

/**
 * Speak the page's language, and another when the switch is used.
 * @param {() => void} changed called when there are other words @returns {Promise<void>} kept when the words are here
 */
export async function begin(changed) {
  await speak(remembered(document.cookie) || root.lang, base);
  const choice = /** @type {HTMLSelectElement|null} */ (document.querySelector('[data-speak]'));
  if (!choice) return;
  choice.value = spoken();
  choice.closest('label')?.removeAttribute('hidden');
  choice.addEventListener('change', () => {
    // Readable by the server too: it says the few words that come before any script.
    document.cookie = `vitrine_language=${choice.value}; path=/; max-age=${YEAR}; samesite=lax`;
    speak(choice.value, base).then(changed);
  });
}

/** @param {string} cookies as document.cookie has them @returns {string} a language of ours, or nothing: a page that was kept on the phone may be older than the choice */
export function remembered(cookies) {
  const found = /(?:^|; )vitrine_language=(\w+)/.exec(cookies);
  return found && LANGUAGES.some((one) => one === found[1]) ? found[1] : '';
}
