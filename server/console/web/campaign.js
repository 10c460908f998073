// The campaign's page: what is unsaved is said and not lost by accident; labels by a click; pairs; the preview.

import "./picker.js";

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("campaign"));
let leaving = false;

// -- unsaved changes ------------------------------------------------------------------------------------------------

/** What the form would send, leaving out what is saved by itself. @param {HTMLFormElement} of */
function content(of) {
  const data = new FormData(of);
  data.delete("terms");
  return JSON.stringify([...data.entries()]);
}

const clean = form && !form.hasAttribute("data-dirty") ? content(form) : "";

function isDirty() {
  return !!form && content(form) !== clean;
}

function tellDirty() {
  const state = form?.querySelector(".savestate");
  if (!form || !state) return;
  const dirty = isDirty();
  if (form.classList.contains("is-dirty") === dirty && state.textContent) return;
  form.classList.toggle("is-dirty", dirty);
  state.textContent = state.getAttribute(dirty ? "data-unsaved" : "data-clean");
}

form?.addEventListener("input", tellDirty);
form?.addEventListener("change", tellDirty);
form?.addEventListener("submit", () => { leaving = true; });
addEventListener("pageshow", () => { leaving = false; });
addEventListener("beforeunload", (event) => {
  const open = [...document.querySelectorAll(".spot-fields")].some(touched);
  if (!leaving && (isDirty() || open)) event.preventDefault();
});
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s" && form) {
    event.preventDefault();
    form.requestSubmit();
  }
});

/** @param {Element} fields */
function touched(fields) {
  return [...fields.querySelectorAll("input, textarea")].some((one) => one instanceof HTMLInputElement && one.type !== "file" ? one.value !== one.defaultValue : !!(/** @type {HTMLInputElement} */ (one).files?.length || (one instanceof HTMLTextAreaElement && one.value !== one.defaultValue)));
}

// Terms that were typed and not published outlive a save of the rest of the page.
function keepTerms() {
  const area = /** @type {HTMLTextAreaElement | null} */ (document.querySelector("[data-terms]"));
  if (!area) return;
  const key = `vitrine-terms-${area.dataset.terms}`;
  const typed = sessionStorage.getItem(key);
  if (typed !== null && typed !== area.dataset.published) area.value = typed;
  area.addEventListener("input", () => sessionStorage.setItem(key, area.value));
}
document.addEventListener("htmx:afterRequest", (event) => {
  const { successful, elt } = /** @type {CustomEvent} */ (event).detail;
  const area = /** @type {HTMLElement | null} */ (document.querySelector("[data-terms]"));
  if (successful && elt.id === "publish-terms" && area) sessionStorage.removeItem(`vitrine-terms-${area.dataset.terms}`);
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.target.id === "terms") keepTerms();
});

// -- labels, pairs --------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const label = target.closest("[data-add-label]")?.getAttribute("data-add-label");
  if (label) toggleLabel(label);
  if (target.closest("[data-add-pair]")) addPair();
  if (target.closest("[data-drop-pair]")) dropPair(/** @type {Element} */ (target.closest("[data-pair]")));
  if (target.closest("[data-replay]")) document.querySelectorAll(".glass iframe").forEach((frame) => /** @type {HTMLIFrameElement} */ (frame).contentWindow?.location.reload());
});

/** @param {string} label */
function toggleLabel(label) {
  const field = /** @type {HTMLInputElement} */ (document.getElementById("f-labels"));
  const there = field.value.split(/[,;]+/).map((one) => one.trim()).filter(Boolean);
  const next = there.includes(label) ? there.filter((one) => one !== label) : [...there, label];
  field.value = next.join(", ");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("refresh"));
}

let rows = document.querySelectorAll("[data-pair]").length;

function addPair() {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("pair-template"));
  const holder = document.createElement("div");
  holder.innerHTML = template.innerHTML.replaceAll("__row__", String(rows++));
  const pair = /** @type {Element} */ (holder.firstElementChild);
  document.querySelector("[data-add-pair]")?.parentElement?.before(pair);
  /** @type {HTMLElement | null} */ (pair.querySelector(".field-tag input"))?.focus();
  tellDirty();
}

/** @param {Element} pair */
function dropPair(pair) {
  pair.remove();
  /** @type {HTMLElement | null} */ (document.querySelector("[data-add-pair]"))?.focus();
  tellDirty();
}

// -- beginning ------------------------------------------------------------------------------------------------------

// After moving a spot the same button keeps the focus, or its neighbour when it cannot move further.
document.addEventListener("htmx:afterSettle", () => {
  const wanted = document.querySelector("#spots[data-focus]");
  const button = wanted && document.getElementById(wanted.getAttribute("data-focus") ?? "");
  if (!button) return;
  wanted.removeAttribute("data-focus");
  const able = button.matches(":disabled") ? button.parentElement?.querySelector("button:not(:disabled)") : button;
  /** @type {HTMLElement | null} */ (able)?.focus();
});
// A new campaign's dates are written on the clock of whoever begins it.
const zone = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-own-zone]"));
if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || zone.value;
keepTerms();
tellDirty();
/** @type {HTMLElement | null} */ (document.querySelector("#wrong"))?.focus();
