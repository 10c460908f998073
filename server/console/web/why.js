// Why, and why not: words of a post light up with the sentences about them, and an item that somebody names is answered for.

import { fragment } from "./renew.js";

const bench = /** @type {HTMLElement} */ (document.querySelector(".bench"));

// -- words and sentences ------------------------------------------------------------------------------------------

/** @param {Event} event */
function light(event) {
  const about = event.type === "pointerleave" ? null : /** @type {HTMLElement} */ (event.target).closest(".words [data-why]");
  const numbers = (about?.getAttribute("data-why") ?? "").split(" ").filter(Boolean);
  for (const one of bench.querySelectorAll(".laid:not(.beneath) .words [data-why]")) {
    const own = (one.getAttribute("data-why") ?? "").split(" ");
    one.classList.toggle("lit", numbers.some((number) => own.includes(number)));
  }
}

bench.addEventListener("pointerover", light);
bench.addEventListener("pointerleave", light);

// -- why not ------------------------------------------------------------------------------------------------------

/** @param {HTMLElement} panel @param {string} variant '' for what a silent post would have needed */
async function answer(panel, variant) {
  const place = /** @type {HTMLElement} */ (panel.querySelector(".why-not-answer"));
  const made = await fragment(`/console/queue/${panel.dataset.whyNot}/why?${new URLSearchParams({ variant })}`);
  const sorry = Object.assign(document.createElement("p"), { className: "small soft", textContent: "No answer came. Nothing was changed; ask again." });
  place.replaceChildren(made ?? sorry);
  for (const one of panel.querySelectorAll("[data-ask]")) one.setAttribute("aria-pressed", String(one.getAttribute("data-ask") === variant));
}

/** Opened at once, and not by the browser a moment later: whoever goes on typing types into the search, and judges no post.
 * @param {HTMLDetailsElement} panel */
function toggle(panel) {
  panel.open = !panel.open;
  if (!panel.open) return;
  /** @type {HTMLElement | null} */ (panel.querySelector("input"))?.focus();
  answer(panel, "");
}

bench.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const opened = target.closest("[data-why-not] > summary")?.parentElement;
  if (opened instanceof HTMLDetailsElement) {
    event.preventDefault();
    toggle(opened);
  }
  const pick = target.closest("[data-ask]");
  const panel = /** @type {HTMLElement | null} */ (pick?.closest("[data-why-not]") ?? null);
  if (pick && panel) answer(panel, pick.getAttribute("data-ask") ?? "");
});

/** Arrows walk from the search to what it found and on; Escape closes. @param {KeyboardEvent} event */
function walk(event) {
  const panel = /** @type {HTMLElement} */ (event.target).closest("[data-why-not]");
  if (!(panel instanceof HTMLDetailsElement)) return;
  const picks = /** @type {HTMLElement[]} */ ([...panel.querySelectorAll("[data-ask]")]);
  const found = /** @type {HTMLElement | null} */ (panel.querySelector(".choice-found [data-ask]"));
  const at = picks.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
  if (event.key === "Escape") {
    panel.open = false;
    bench.focus({ preventScroll: true });
  } else if (step && (at >= 0 || event.key === "ArrowDown")) {
    event.preventDefault();
    event.stopPropagation();
    (at < 0 && found ? found : picks[(at + step + picks.length) % picks.length])?.focus();
  }
}

bench.addEventListener("keydown", walk);
