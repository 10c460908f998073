// Brings a part of the page up to what the server says of it now, touching only what differs: frames stay loaded, focus stays.

/** @param {Element} old in the page @param {Element} made what it is now; elements with the same data-row are the same thing */
export function renew(old, made) {
  if (old.isEqualNode(made)) return;
  if (old.tagName !== made.tagName) return void old.replaceWith(made);
  attributes(old, made);
  if (!old.childElementCount && !made.childElementCount) return void (old.textContent = made.textContent);
  children(old, made);
}

/** @param {Element} old @param {Element} made */
function attributes(old, made) {
  for (const { name } of [...old.attributes]) if (!made.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of made.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

/** @param {Element} old @param {Element} made */
function children(old, made) {
  const rows = new Map([...old.children].filter((one) => one.hasAttribute("data-row")).map((one) => [one.getAttribute("data-row"), one]));
  const wanted = [...made.childNodes];
  const kept = new Set(wanted.map((one) => one instanceof Element && rows.get(one.getAttribute("data-row"))).filter(Boolean));
  for (const one of rows.values()) if (!kept.has(one)) one.remove();
  let here = old.firstChild;
  for (const node of wanted) {
    const row = node instanceof Element ? rows.get(node.getAttribute("data-row")) : undefined;
    if (row) {
      // Whatever stands before a row that stays goes, unless it is a row that stays itself: moving a frame would load it anew.
      while (here && here !== row && !kept.has(/** @type {any} */ (here))) here = without(here);
      if (here !== row) old.insertBefore(row, here);
      here = row.nextSibling;
      renew(row, /** @type {Element} */ (node));
    } else if (here && !kept.has(/** @type {any} */ (here)) && here.nodeType === node.nodeType) {
      const next = here.nextSibling;
      if (here instanceof Element) renew(here, /** @type {Element} */ (node));
      else if (here.nodeValue !== node.nodeValue) here.nodeValue = node.nodeValue;
      here = next;
    } else old.insertBefore(node, here);
  }
  while (here) here = without(here);
}

/** @param {ChildNode} node @returns {ChildNode | null} the one behind it */
function without(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

/** Fetch a fragment. Null when it cannot be had. @param {string} path @returns {Promise<HTMLElement | null>} */
export async function fragment(path) {
  try {
    const answer = await fetch(path, { headers: { accept: "text/html", "hx-request": "true" } });
    if (answer.status === 401) location.reload();
    if (!answer.ok) return null;
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    return /** @type {HTMLElement | null} */ (made.content.firstElementChild);
  } catch {
    return null;
  }
}

/** Ask for a change. @param {string} method @param {string} path @param {Record<string, string>} [fields]
 * @returns {Promise<{ok: boolean, status: number, body: any}>} */
export async function send(method, path, fields) {
  try {
    const body = method === "POST" ? new URLSearchParams(fields ?? {}) : undefined;
    const answer = await fetch(path, { method, body, headers: { accept: "application/json" } });
    return { ok: answer.ok, status: answer.status, body: await answer.json().catch(() => ({})) };
  } catch {
    return { ok: false, status: 0, body: { detail: "The server cannot be reached. Nothing was changed; try again when the line is back." } };
  }
}

/** Keys are printed and times told on what has just come into the page. @param {Element} element */
export function announce(element) {
  window.htmx?.process(element);
  document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: element } }));
}

/** Ask in a dialog with one field; Enter answers, Escape does not. @param {HTMLDialogElement} dialog @returns {Promise<string | null>} */
export function asked(dialog) {
  const field = /** @type {HTMLInputElement} */ (dialog.querySelector("input"));
  field.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  field.focus();
  dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close(""), { once: true });
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? field.value : null), { once: true }));
}

/** Call at most once in a while, and once more for what came meanwhile. @param {() => unknown} work @param {number} ms @returns {() => void} */
export function calmly(work, ms) {
  let timer = 0;
  return () => {
    if (!timer) timer = setTimeout(() => { timer = 0; work(); }, ms);
  };
}
