/** Why one item goes with another, in few words: pure. */

import { t } from '../../shared/words.js';

/** @param {string} why @param {any} data @returns {string} empty where that is not known */
export function reason(why, data) {
  switch (why) {
    case 'look': return t('Shown together: {word}', { word: data.word });
    case 'shade': return t('The same shade');
    case 'colour': return t('Close in colour');
    case 'brand': return t('Also by {brand}', { brand: data.brand });
    default: return '';
  }
}
