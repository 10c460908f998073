// The floor: a new call is said to who cannot look, felt on a phone, and counted in the title for who has another page before them.

const floor = /** @type {HTMLElement} */ (document.getElementById("floor"));
const voice = /** @type {HTMLElement} */ (document.getElementById("announce"));
const title = document.title;

/** @returns {Map<string, string>} ids of calls that nobody has answered, with the names of their tablets */
const waiting = () => new Map([...floor.querySelectorAll("[data-waits]")].map((one) => [one.id, one.getAttribute("data-waits") ?? ""]));

let known = waiting();
/** Buttons that came with the last change have their keys printed on them like all others. */
const print = () => floor.querySelector(".button[data-key]:not(:has(kbd))") && document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: floor } }));

function look() {
  const now = waiting();
  const fresh = [...now].filter(([id]) => !known.has(id)).map(([, name]) => name);
  known = now;
  print();
  count(now.size);
  if (!fresh.length) return;
  voice.textContent = `A shopper calls: ${fresh.join(", ")}`;
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([180, 90, 180]);
}

/** @param {number} number */
function count(number) {
  document.title = number ? `(${number}) ${title}` : title;
}

new MutationObserver(look).observe(floor, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-waits"] });
count(known.size);
