// Pickers: type a few letters, choose from the catalogue, remove with a button. Works by arrows, Enter and Escape.
//
// <div data-picker data-kind="products" data-name="products">
//   <ul class="picked"><li><input type="hidden" name="products" value="..."><span>..</span><button class="drop">×</button></li></ul>
//   <input role="combobox"> <ul class="choices" role="listbox" hidden></ul>
// </div>
// The server answers /console/campaigns/choices?kind=&words= with <li role="option" data-value data-label>.

const WAIT_MS = 160;

/** @param {Element} picker */
const parts = (picker) => ({
  picked: /** @type {HTMLUListElement} */ (picker.querySelector(".picked")),
  input: /** @type {HTMLInputElement} */ (picker.querySelector("[role=combobox]")),
  list: /** @type {HTMLUListElement} */ (picker.querySelector("[role=listbox]")),
});

/** @type {WeakMap<Element, {timer: number, asked: number}>} */
const waiting = new WeakMap();

/** @param {Element} picker */
function ask(picker) {
  const state = waiting.get(picker) ?? { timer: 0, asked: 0 };
  clearTimeout(state.timer);
  state.timer = setTimeout(() => fetchChoices(picker, ++state.asked), WAIT_MS);
  waiting.set(picker, state);
}

/** @param {Element} picker @param {number} turn */
async function fetchChoices(picker, turn) {
  const { input, list } = parts(picker);
  const query = new URLSearchParams({ kind: picker.getAttribute("data-kind") ?? "", words: input.value });
  const answer = await fetch(`/console/campaigns/choices?${query}`, { credentials: "same-origin", headers: { "hx-request": "true" } }).catch(() => null);
  if (!answer?.ok || turn !== waiting.get(picker)?.asked || document.activeElement !== input) return;
  list.innerHTML = await answer.text();
  list.querySelectorAll("[role=option]").forEach((option, place) => (option.id = `${list.id}-${place}`));
  show(picker, true);
  select(picker, input.value ? 0 : -1);
}

/** @param {Element} picker @param {boolean} open */
function show(picker, open) {
  const { input, list } = parts(picker);
  list.hidden = !open;
  input.setAttribute("aria-expanded", String(open));
  if (!open) input.removeAttribute("aria-activedescendant");
}

/** @param {Element} picker */
const options = (picker) => [...parts(picker).list.querySelectorAll("[role=option]")];

/** @param {Element} picker */
const selected = (picker) => options(picker).findIndex((option) => option.getAttribute("aria-selected") === "true");

/** @param {Element} picker @param {number} place */
function select(picker, place) {
  const all = options(picker);
  all.forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
  const { input } = parts(picker);
  if (!all[place]) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", all[place].id);
  all[place].scrollIntoView({ block: "nearest" });
}

/** @param {Element} picker @param {Element} option */
function pick(picker, option) {
  const { picked, input } = parts(picker);
  const value = option.getAttribute("data-value") ?? "";
  const there = [...picked.querySelectorAll("input")].some((one) => one.value === value);
  if (picker.hasAttribute("data-one")) picked.replaceChildren();
  if (!there || picker.hasAttribute("data-one")) picked.append(entry(picker.getAttribute("data-name") ?? "", value, option.getAttribute("data-label") ?? value));
  input.value = "";
  show(picker, false);
  picker.dispatchEvent(new Event("change", { bubbles: true }));
}

/** @param {string} name @param {string} value @param {string} label */
function entry(name, value, label) {
  const item = document.createElement("li");
  const words = Object.assign(document.createElement("span"), { textContent: label });
  const drop = Object.assign(document.createElement("button"), { type: "button", className: "drop", textContent: "×", ariaLabel: `Remove ${label}` });
  item.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }), words, drop);
  return item;
}

/** @param {Element} picker @param {Element} item */
function drop(picker, item) {
  const { picked, input } = parts(picker);
  const next = item.nextElementSibling ?? item.previousElementSibling;
  item.remove();
  /** @type {HTMLElement} */ (next?.querySelector(".drop") ?? input).focus();
  picker.dispatchEvent(new Event("change", { bubbles: true }));
  void picked;
}

/** @param {KeyboardEvent} event @param {Element} picker */
function pressed(event, picker) {
  const { input, list, picked } = parts(picker);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    if (list.hidden) return ask(picker);
    const count = options(picker).length;
    return select(picker, (selected(picker) + step + count) % Math.max(count, 1));
  }
  if (event.key === "Enter") {
    event.preventDefault();
    const chosen = options(picker)[selected(picker)];
    if (!list.hidden && chosen) pick(picker, chosen);
  } else if (event.key === "Escape" && !list.hidden) {
    event.stopPropagation();
    show(picker, false);
  } else if (event.key === "Backspace" && !input.value && picked.lastElementChild) {
    /** @type {HTMLElement | null} */ (picked.lastElementChild.querySelector(".drop"))?.focus();
  }
}

/** @param {Event} event */
const pickerOf = (event) => /** @type {Element} */ (event.target).closest("[data-picker]");

document.addEventListener("input", (event) => {
  const picker = pickerOf(event);
  if (picker && event.target === parts(picker).input) ask(picker);
});
document.addEventListener("focusin", (event) => {
  const picker = pickerOf(event);
  if (picker && event.target === parts(picker).input) ask(picker);
});
document.addEventListener("focusout", (event) => {
  const picker = pickerOf(event);
  if (picker && !picker.contains(/** @type {Node | null} */ (/** @type {FocusEvent} */ (event).relatedTarget))) show(picker, false);
});
document.addEventListener("keydown", (event) => {
  const picker = pickerOf(event);
  if (picker && event.target === parts(picker).input) pressed(event, picker);
}, true);
document.addEventListener("mousedown", (event) => {
  const option = /** @type {Element} */ (event.target).closest("[data-picker] [role=option]");
  if (!option) return;
  event.preventDefault(); // the field keeps the focus
  pick(/** @type {Element} */ (option.closest("[data-picker]")), option);
});
document.addEventListener("click", (event) => {
  const item = /** @type {Element} */ (event.target).closest("[data-picker] .drop")?.closest("li");
  if (item) drop(/** @type {Element} */ (item.closest("[data-picker]")), item);
});
