/** Draws the slate as plainly as can be, until slate.js draws it well. */

/** @param {HTMLElement} slate @param {any} brand */
export function drawSlate(slate, brand) {
  slate.textContent = brand.name || 'Vitrine';
  slate.style.setProperty('background', brand.field || '#1d1a26');
  slate.style.setProperty('color', brand.ink || '#f6efe6');
}
