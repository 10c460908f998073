// Live fragments that keep what has not changed: frames do not load anew, the focus and the scroll stay where they are.
//
// <div data-morph hx-get="..." hx-trigger="live throttle:2s">: what the server answers is worked into what is there,
// node by node, instead of taking its place.

/** Make the children of `old` those of `fresh`. @param {Node} old @param {Node} fresh */
export function morph(old, fresh) {
  let there = old.firstChild;
  for (const node of [...fresh.childNodes]) {
    // White space may differ between a page and a fragment; it must not set every pair one apart.
    while (there && blank(there) && !blank(node)) there = dropped(there);
    if (!there || (blank(node) && !blank(there))) old.insertBefore(node, there);
    else {
      const next = there.nextSibling;
      if (alike(there, node)) become(there, node);
      else there.replaceWith(node);
      there = next;
    }
  }
  while (there) there = dropped(there);
}

/** @param {Node} node */
const blank = (node) => node.nodeType === Node.TEXT_NODE && !node.nodeValue?.trim();

/** @param {ChildNode} node @returns {ChildNode | null} what came behind it */
function dropped(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

/** Whether a node can become another: the same element, with the same id. @param {Node} one @param {Node} other */
function alike(one, other) {
  if (one.nodeName !== other.nodeName) return false;
  return !(one instanceof Element && other instanceof Element) || one.id === other.id;
}

/** @param {Node} there @param {Node} node */
function become(there, node) {
  if (!(there instanceof Element && node instanceof Element)) {
    if (there.nodeValue !== node.nodeValue) there.nodeValue = node.nodeValue;
    return;
  }
  for (const { name, value } of [...node.attributes]) if (there.getAttribute(name) !== value) there.setAttribute(name, value);
  for (const { name } of [...there.attributes]) if (!node.hasAttribute(name) && !OURS.has(name)) there.removeAttribute(name);
  if (!there.matches("iframe")) morph(there, node);
}

// What the frame's own script has put there since.
const OURS = new Set(["title", "data-exact", "aria-keyshortcuts"]);

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, serverResponse, isError } = /** @type {CustomEvent} */ (event).detail;
  if (isError || !(target instanceof Element) || !target.matches("[data-morph]")) return;
  /** @type {CustomEvent} */ (event).detail.shouldSwap = false;
  const fresh = document.createElement("template");
  fresh.innerHTML = serverResponse;
  morph(target, fresh.content);
  /** @type {any} */ (window).htmx.process(target);
});
