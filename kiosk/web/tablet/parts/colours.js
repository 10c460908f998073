/** Plain words for families of colours, as the server has them. */

import { t } from '../../shared/words.js';

/** @type {Record<string, () => string>} */
const FAMILIES = {
  black: () => t('Black'), grey: () => t('Grey'), white: () => t('White'), beige: () => t('Beige'), brown: () => t('Brown'), red: () => t('Red'),
  pink: () => t('Pink'), orange: () => t('Orange'), yellow: () => t('Yellow'), green: () => t('Green'), blue: () => t('Blue'), purple: () => t('Purple'),
};

/** @param {string} family @returns {string} the plain word for a colour */
export function colourName(family) {
  return FAMILIES[family]?.() || family;
}
