// Puts wares into the room of their colour, and shows a shade at once when it is pointed at, before its page is there.

const ROOM = { field: "--field", ink: "--on", soft: "--low" };

/** @param {HTMLElement} element @param {DOMStringMap} room */
function enter(element, room) {
  for (const [name, property] of Object.entries(ROOM)) if (room[name]) element.style.setProperty(property, /** @type {string} */ (room[name]));
}

/** @param {ParentNode} root */
function dress(root) {
  for (const one of root.querySelectorAll("[data-field]:not(.shade)")) enter(/** @type {HTMLElement} */ (one), /** @type {HTMLElement} */ (one).dataset);
}

/** The picture switches at once; htmx brings the rest. @param {Event} event */
function preview(event) {
  const shade = event.target instanceof Element ? event.target.closest(".shade") : null;
  const stage = document.querySelector(".stage");
  if (!(shade instanceof HTMLElement) || !(stage instanceof HTMLElement)) return;
  enter(stage, shade.dataset);
  const picture = stage.querySelector(".stage-picture img");
  if (picture instanceof HTMLImageElement && shade.dataset.picture) picture.src = shade.dataset.picture;
  const name = stage.querySelector(".stage-shade");
  if (name) name.textContent = shade.dataset.name ?? "";
  for (const one of document.querySelectorAll(".shade")) one.toggleAttribute("aria-current", one === shade);
}

dress(document);
document.addEventListener("click", preview);
document.addEventListener("htmx:load", (event) => dress(/** @type {CustomEvent} */ (event).detail.elt.parentNode ?? document));
