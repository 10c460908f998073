// What every staff page does besides its own work: keys, confirmation, relative times, toasts.
//
// Keys. `g` and a section's letter leads there; `?` shows the keys of this page; `/` goes to the search field.
// <button data-key="a"> or <a data-key="n">: that key clicks it (not while typing, not with Ctrl, Alt or Meta) and is
// printed on it; data-key="ArrowLeft" and the like work too. data-key-label="Approve" names it in the list of keys.
// Confirmation. data-confirm="End Ann's access?" on a form, button, link or htmx element asks first;
// data-confirm-yes="End access" names the answer. Red where the element is a .button-danger.
// Times. <time data-ago datetime="..."> says how long ago, and keeps saying it right.
// Quiet. Errors of htmx requests become toasts, except of those inside [data-quiet] (background refreshes).

const GOING_MS = 1500;
const TOAST_MS = 7000;
/** @type {Record<string, string>} */
const names = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Enter: "↵", Escape: "Esc", " ": "Space", Delete: "Del" };

/** @param {string} key */
const shown = (key) => names[key] ?? key;

// -- keys ---------------------------------------------------------------------------------------------------------

let goingUntil = 0;

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
  if (typing(event.target)) {
    if (event.key === "Escape" && event.target instanceof HTMLElement) event.target.blur();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  const going = performance.now() < goingUntil;
  goingUntil = 0;
  const found = going ? document.querySelector(`[data-go="${CSS.escape(event.key)}"]`) : byKey(event.key);
  if (found) act(event, found);
  else if (event.key === "g") goingUntil = performance.now() + GOING_MS;
  else if (event.key === "?") showKeys();
  else if (event.key === "/") search(event);
}

/** @param {EventTarget | null} target */
function typing(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])"));
}

/** @param {string} key */
function byKey(key) {
  if (key === " " || key === "Enter") {
    const focused = document.activeElement;
    if (focused && focused.matches("a[href], button, summary, input, [tabindex]:not(main)")) return null;
  }
  const all = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
  return all.find((one) => one instanceof HTMLElement && one.offsetParent !== null && !one.matches(":disabled")) ?? null;
}

/** @param {KeyboardEvent} event @param {Element} found */
function act(event, found) {
  event.preventDefault();
  if (event.repeat && !found.hasAttribute("data-key-repeat")) return;
  if (found.matches("input:not([type=checkbox], [type=radio]), select, textarea")) /** @type {HTMLElement} */ (found).focus();
  else /** @type {HTMLElement} */ (found).click();
}

/** @param {KeyboardEvent} event */
function search(event) {
  const field = document.querySelector("[data-search], main input[type=search]");
  if (!(field instanceof HTMLInputElement)) return;
  event.preventDefault();
  field.focus();
  field.select();
}

function showKeys() {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("keys"));
  const here = [...document.querySelectorAll("[data-key]")].map((one) => [shown(one.getAttribute("data-key") ?? ""), labelOf(one)]);
  const sections = [...document.querySelectorAll("[data-go]")].map((one) => [`g ${one.getAttribute("data-go")}`, one.querySelector("span")?.textContent ?? ""]);
  const rows = [...here, ["/", "Search"], ["?", "These keys"], ...sections];
  const seen = new Set();
  document.getElementById("keys-list")?.replaceChildren(...rows.filter(([key]) => !seen.has(key) && seen.add(key)).map(([key, label]) => keyRow(key, label)));
  if (!dialog.open) dialog.showModal();
}

/** @param {Element} one */
function labelOf(one) {
  const copy = /** @type {Element} */ (one.cloneNode(true));
  copy.querySelectorAll("kbd").forEach((kbd) => kbd.remove());
  return one.getAttribute("data-key-label") ?? one.getAttribute("aria-label") ?? copy.textContent?.trim() ?? "";
}

/** @param {string} key @param {string} label */
function keyRow(key, label) {
  const row = document.createElement("div");
  const words = document.createElement("span");
  const keys = document.createElement("span");
  words.textContent = label;
  for (const part of key.split(" ").filter(Boolean)) keys.append(Object.assign(document.createElement("kbd"), { textContent: part }), " ");
  row.append(words, keys);
  return row;
}

/** Print keys on what they press. @param {ParentNode} root */
function printKeys(root) {
  for (const one of root.querySelectorAll(".button[data-key]")) {
    const key = one.getAttribute("data-key") ?? "";
    one.setAttribute("aria-keyshortcuts", key);
    if (!one.querySelector("kbd")) one.append(Object.assign(document.createElement("kbd"), { textContent: shown(key), ariaHidden: "true" }));
  }
}

// -- confirmation -------------------------------------------------------------------------------------------------

/** Ask with the page's dialog. @param {Element} about the element that carries data-confirm @returns {Promise<boolean>} */
export function ask(about) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("confirm"));
  const yes = /** @type {HTMLElement} */ (document.getElementById("confirm-yes"));
  const danger = about.matches(".button-danger") || !!about.querySelector(".button-danger");
  /** @type {HTMLElement} */ (document.getElementById("confirm-words")).textContent = about.getAttribute("data-confirm");
  yes.textContent = about.getAttribute("data-confirm-yes") ?? "Yes";
  yes.className = `button ${danger ? "button-danger" : "button-primary"}`;
  dialog.returnValue = "";
  dialog.showModal();
  yes.focus();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

const asked = new WeakSet();
const byHtmx = "[hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete]";

/** Plain forms and links; htmx asks by an event of its own, below. @param {Event} event */
async function guard(event) {
  const target = event.type === "submit" ? event.target : /** @type {Element} */ (event.target).closest("a[data-confirm], button[data-confirm]");
  if (!(target instanceof HTMLElement) || target.closest(byHtmx) === target) return;
  const submitter = event instanceof SubmitEvent ? event.submitter : null;
  const about = submitter?.hasAttribute("data-confirm") ? submitter : target;
  if (!about.hasAttribute("data-confirm") || (event.type === "click" && target instanceof HTMLButtonElement && target.type === "submit" && target.form)) return;
  if (asked.delete(about)) return;
  event.preventDefault();
  event.stopPropagation();
  if (!(await ask(about))) return;
  asked.add(about);
  if (target instanceof HTMLFormElement) target.requestSubmit(submitter);
  else target.click();
}

document.addEventListener("submit", guard, true);
document.addEventListener("click", guard, true);
document.addEventListener("htmx:confirm", async (event) => {
  const { elt, issueRequest } = /** @type {CustomEvent} */ (event).detail;
  const submitter = /** @type {CustomEvent} */ (event).detail.triggeringEvent?.submitter;
  const about = submitter?.hasAttribute?.("data-confirm") ? submitter : elt;
  if (!about.hasAttribute?.("data-confirm")) return;
  event.preventDefault();
  if (await ask(about)) issueRequest(true);
});

// -- times --------------------------------------------------------------------------------------------------------

/** @param {number} ms since then */
export function ago(ms) {
  const seconds = ms / 1000;
  for (const [size, unit] of /** @type {[number, string][]} */ ([[86400, "d"], [3600, "h"], [60, "min"]])) {
    if (Math.abs(seconds) >= size) {
      const amount = `${Math.floor(Math.abs(seconds) / size)} ${unit}`;
      return seconds < 0 ? `in ${amount}` : `${amount} ago`;
    }
  }
  return seconds < -5 ? "in a moment" : "just now";
}

const exact = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { dateStyle: "medium", timeStyle: "medium" });

/** @param {ParentNode} root */
function tell(root) {
  for (const time of root.querySelectorAll("time[data-ago]")) {
    const at = new Date(/** @type {HTMLTimeElement} */ (time).dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const words = ago(Date.now() - at.getTime());
    if (time.textContent !== words) time.textContent = words;
    if (!time.hasAttribute("data-exact")) {
      time.setAttribute("title", exact.format(at));
      time.setAttribute("data-exact", "");
    }
  }
}

// -- toasts -------------------------------------------------------------------------------------------------------

const toasts = /** @type {HTMLElement} */ (document.getElementById("toast"));

/** Say something at the corner of the page. @param {string} words @param {{bad?: boolean}} [how] */
export function toast(words, { bad = false } = {}) {
  toasts.append(Object.assign(document.createElement("div"), { className: bad ? "toast toast-bad" : "toast", textContent: words }));
}

new MutationObserver((changes) => {
  for (const change of changes)
    for (const node of change.addedNodes)
      if (node instanceof HTMLElement) setTimeout(() => node.remove(), node.matches(".toast-bad") ? TOAST_MS * 2 : TOAST_MS);
}).observe(toasts, { childList: true });
toasts.addEventListener("click", (event) => /** @type {Element} */ (event.target).closest(".toast")?.remove());
for (const node of toasts.children) setTimeout(() => node.remove(), TOAST_MS);

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (detail.isError && detail.requestConfig.elt.closest("[data-quiet]")) detail.shouldSwap = false;
});
document.addEventListener("htmx:sendError", (event) => {
  if (!(/** @type {CustomEvent} */ (event).detail.elt.closest("[data-quiet], [data-live]"))) toast("The server cannot be reached. Nothing was changed; try again when the line is back.", { bad: true });
});

// -- beginning ----------------------------------------------------------------------------------------------------

/** @param {ParentNode} root */
function dress(root) {
  printKeys(root);
  tell(root);
}

document.addEventListener("keydown", pressed);
document.addEventListener("htmx:load", (event) => dress(/** @type {CustomEvent} */ (event).detail.elt.parentNode ?? document));
document.querySelectorAll("[data-keys]").forEach((one) => one.addEventListener("click", showKeys));
setInterval(() => tell(document), 20_000);
dress(document);
