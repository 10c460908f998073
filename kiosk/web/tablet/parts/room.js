/** Puts an element into a room: the four colours of a variant, through the CSSOM, since the page's policy lets no style stand in the markup. */

import { Directive, directive } from '../../../../vendor/lit-html/directive.js';

/** @typedef {string[]|undefined|null} Colours field, ink, soft, accent */

const NAMES = ['--field', '--ink', '--soft', '--accent'];

/** @param {HTMLElement} element @param {Colours} colours none: those of what surrounds it */
export function dress(element, colours) {
  NAMES.forEach((name, index) => {
    const colour = colours && colours[index];
    if (colour) element.style.setProperty(name, colour);
    else element.style.removeProperty(name);
  });
}

class Properties extends Directive {
  /** @type {string} */
  last = '';

  /** @param {Record<string, string|number>} properties */
  render(properties) {
    return properties && undefined;
  }

  /** @param {any} part @param {[Record<string, string|number>]} values */
  update(part, [properties]) {
    const text = JSON.stringify(properties);
    if (text !== this.last) for (const [name, value] of Object.entries(properties)) part.element.style.setProperty(name, String(value));
    this.last = text;
    return undefined;
  }
}

/** Custom and other properties of the element that it stands on, by their CSS names. */
export const properties = directive(Properties);

/** The element is in this room. @param {Colours} colours */
export function room(colours) {
  return properties(Object.fromEntries(colours ? NAMES.map((name, index) => [name, colours[index]]) : []));
}
