/** Sends a small picture from where it was tapped into the bag: 200 ms, transform alone, and not at all for those who want no motion. */

const LASTS = 200;
const SIZE = 72;

/** @param {Element|null|undefined} from @param {Element|null} to */
export function fly(from, to) {
  const image = from && (from instanceof HTMLImageElement ? from : from.querySelector('img'));
  if (!image || !to || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const start = image.getBoundingClientRect();
  const end = to.getBoundingClientRect();
  const flying = /** @type {HTMLImageElement} */ (image.cloneNode());
  flying.className = 'flying';
  flying.alt = '';
  flying.setAttribute('aria-hidden', 'true');
  document.body.append(flying);
  const at = (/** @type {DOMRect} */ box) => `translate(${box.left + box.width / 2 - SIZE / 2}px, ${box.top + box.height / 2 - SIZE / 2}px)`;
  const scale = Math.min(3, Math.max(1, start.height / SIZE));
  flying.animate([{ transform: `${at(start)} scale(${scale})` }, { transform: `${at(end)} scale(0.5)` }], { duration: LASTS, easing: 'cubic-bezier(.3,0,.6,1)' })
    .finished.catch(() => undefined).then(() => flying.remove());
}
