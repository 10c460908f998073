/** Why one item goes with another, in few words: pure. */

import { t } from '../../shared/words.js';
import { colourName } from './colours.js';

/** @param {string} why @param {any} data @returns {string} empty where that is not known */
export function reason(why, data) {
  switch (why) {
    case 'look': return t('Shown together: {word}', { word: data.word });
    case 'shade': return t('The same shade');
    case 'colour': return t('Close in colour');
    case 'brand': return t('Also by {brand}', { brand: data.brand });
    case 'next': return beside(data.how);
    case 'near': return data.brand ? t('{how}, by {brand}', { how: beside(data.how), brand: data.brand }) : beside(data.how);
    case 'like': return t('Also {kind} in {colour}', { kind: data.kind, colour: colourName(data.family) });
    default: return '';
  }
}

/** What one shade is beside another. @param {string} how @returns {string} */
function beside(how) {
  switch (how) {
    case 'same': return t('Nearly the same shade');
    case 'lighter': return t('A little lighter');
    case 'deeper': return t('A little deeper');
    case 'warmer': return t('A little warmer');
    case 'cooler': return t('A little cooler');
    case 'stronger': return t('A little stronger');
    case 'softer': return t('A little softer');
    default: return '';
  }
}
