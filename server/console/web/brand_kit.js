// The brand kit's page paints its specimen as the form stands, and says in words how well its colours are read.

const form = /** @type {HTMLFormElement} */ (document.getElementById("kit"));
const rooms = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-room]"));
const COLOUR = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i;

/** @param {string} name */
const input = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/** A colour as people write it, as #rrggbb; null where it is none. @param {string} text */
export function normal(text) {
  const found = COLOUR.exec(text.trim());
  if (!found) return null;
  const digits = found[1].toLowerCase();
  return `#${digits.length === 6 ? digits : [...digits].map((digit) => digit + digit).join("")}`;
}

/** WCAG 2.2 contrast of two #rrggbb. @param {string} one @param {string} other */
export function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

/** @param {string} colour */
function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {string} what @param {string} words */
function say(what, words) {
  /** @type {HTMLElement} */ (document.querySelector(`[data-says="${what}"]`)).textContent = words;
}

/** @param {number} ratio */
const told = (ratio) => `${ratio.toFixed(1)}:1`;

/** @param {Record<string, string | null>} colours */
function judge({ field, ink, accent }) {
  if (!field || !ink || !accent) return say("ink", "A colour is six hexadecimal digits, as in #7a1f2b."), say("accent", "");
  const words = contrast(ink, field);
  const lines = contrast(accent, field);
  say("ink", words >= 7 ? `Words are read easily from afar (${told(words)}).` : words >= 4.5 ? `Words are read close by; across a street they tire (${told(words)}, 7:1 is good).` : `Words vanish on this field (${told(words)}): it will not be saved under 4.5:1.`);
  say("accent", lines >= 3 ? `The accent is seen (${told(lines)}).` : `The accent is hardly seen on this field (${told(lines)}, 3:1 is good).`);
}

function paint() {
  const colours = Object.fromEntries(["field", "ink", "accent"].map((name) => [name, normal(input(name).value)]));
  for (const room of rooms)
    for (const [name, colour] of Object.entries(colours)) if (colour) room.style.setProperty(`--room-${name}`, colour);
  for (const pick of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[data-pick]"))) pick.value = colours[pick.dataset.pick ?? ""] ?? pick.value;
  for (const one of document.querySelectorAll("[data-face]")) {
    const face = /** @type {RadioNodeList} */ (form.elements.namedItem(one.getAttribute("data-face") ?? "")).value;
    one.className = `${one.className.replace(/ ?face-\S+/g, "")} face-${face}`;
  }
  const name = document.querySelector("[data-logo-name]");
  if (name) name.textContent = input("name").value;
  judge(colours);
}

/** @param {Event} event */
function logoChosen(event) {
  const file = /** @type {HTMLInputElement} */ (event.target).files?.[0];
  const image = /** @type {HTMLImageElement} */ (document.querySelector("[data-logo]"));
  if (!file) return;
  image.src = URL.createObjectURL(file);
  image.removeAttribute("width");
  image.removeAttribute("height");
  image.hidden = false;
  /** @type {HTMLElement} */ (document.querySelector("[data-logo-name]")).hidden = true;
}

form.addEventListener("input", (event) => {
  const pick = /** @type {HTMLInputElement} */ (event.target).dataset.pick;
  if (pick) input(pick).value = /** @type {HTMLInputElement} */ (event.target).value;
  /** @type {HTMLElement} */ (document.querySelector("[data-unsaved]")).hidden = false;
  paint();
});
input("logo").addEventListener("change", logoChosen);
paint();
