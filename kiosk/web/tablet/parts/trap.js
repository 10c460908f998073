/** Keeps the keyboard inside what is asked, and gives it back to where it was afterwards. */

/** @type {Element|null} */
let before = null;
/** @type {Element|null} */
let inside = null;

/** To be called after each drawing. @param {ParentNode} root */
export function guard(root) {
  const asking = [...root.querySelectorAll('[aria-modal="true"]')].at(-1) || null;
  if (asking === inside) return;
  if (!inside) before = document.activeElement;
  inside = asking;
  const behind = root.querySelector('.behind');
  if (behind instanceof HTMLElement) behind.inert = Boolean(asking);
  if (asking) focusFirst(asking);
  else if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
}

/** @param {Element} asking */
function focusFirst(asking) {
  const first = asking.querySelector('[data-first]') || asking.querySelector('button');
  if (first instanceof HTMLElement) first.focus({ preventScroll: true });
}
