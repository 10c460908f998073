/** Makes this browser the device that a link names: id and token come in the fragment, which never leaves the browser. */

import { remember } from './device.js';

const kind = /** @type {import('./device.js').Kind} */ (document.documentElement.getAttribute('data-kind'));
const found = /^#([a-z0-9]{1,16})\.([A-Za-z0-9_-]{20,100})$/.exec(location.hash);
if (found) {
  remember(kind, found[1], found[2]).then(() => location.replace('/' + kind + '/' + found[1]));
} else {
  location.replace('/' + kind);
}
