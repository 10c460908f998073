// Trends: one row is selected; keys decide on it, and its card stands at the side.

import { toast } from "../../core/web/console.js";
import { announce, calmly, fragment, renew, send } from "./renew.js";

const place = /** @type {HTMLElement} */ (document.getElementById("trends"));
const side = /** @type {HTMLElement} */ (document.getElementById("trend-card"));
/** @type {Array<{trend: string, before: string}>} what this person decided on this page, the newest last */
const said = [];
let selected = "";

const rows = () => /** @type {HTMLElement[]} */ ([...place.querySelectorAll("[data-trend]")]);
const row = () => rows().find((one) => one.dataset.trend === selected);

/** @param {HTMLElement | undefined} one */
function select(one) {
  selected = one?.dataset.trend ?? "";
  for (const each of rows()) each.toggleAttribute("aria-selected", false);
  one?.setAttribute("aria-selected", "true");
  one?.scrollIntoView({ block: "nearest" });
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll(".actions [data-act]"))) {
    const act = button.dataset.act;
    button.disabled = act === "undo" ? !said.length : !one || one.dataset.state === act;
  }
  show(one);
}

/** @param {HTMLElement | undefined} one */
function show(one) {
  const card = one?.dataset.card ?? "";
  for (const frame of /** @type {NodeListOf<HTMLIFrameElement>} */ (side.querySelectorAll("iframe"))) {
    const address = card && `/console/cards/${card}?orientation=${frame.closest(".glass-portrait") ? "portrait" : "landscape"}`;
    frame.hidden = !card;
    if (card && frame.getAttribute("src") !== address) frame.setAttribute("src", address);
  }
  const words = !one ? "" : card ? "" : one.dataset.state === "muted" ? "Muted: it has no card." : "No card: nothing in stock goes with it.";
  /** @type {HTMLElement} */ (side.querySelector("p")).textContent = words;
}

/** @param {string} trend @param {string} state @param {boolean} [back] */
async function decide(trend, state, back) {
  const answer = await send("POST", `/console/trends/${trend}/state`, { state });
  toast(answer.body.words ?? answer.body.detail ?? "That did not work.", { bad: !answer.ok });
  if (answer.ok && !back && answer.body.before !== answer.body.state) said.push({ trend, before: answer.body.before });
  await refresh();
}

async function refresh() {
  const made = await fragment("/console/trends/list");
  const old = place.firstElementChild;
  if (!made || !old) return;
  made.querySelector(`[data-trend="${CSS.escape(selected)}"]`)?.setAttribute("aria-selected", "true");
  renew(old, made);
  announce(/** @type {Element} */ (place.firstElementChild));
  select(row() ?? rows()[0]);
}

/** @param {number} step */
function walk(step) {
  const all = rows();
  const at = all.indexOf(/** @type {HTMLElement} */ (row()));
  select(all[Math.min(all.length - 1, Math.max(0, at + step))]);
}

document.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const act = /** @type {HTMLElement | null} */ (target.closest("[data-act]"))?.dataset.act;
  const clicked = /** @type {HTMLElement | null} */ (target.closest("[data-trend]"));
  if (act === "up" || act === "down") walk(act === "up" ? -1 : 1);
  else if (act === "undo") {
    const last = said.pop();
    // A trend that had faded waits again: only the counting lets one fade.
    if (last) decide(last.trend, last.before === "faded" ? "rising" : last.before, true);
  } else if (act && selected) decide(selected, act);
  else if (clicked) select(clicked);
});

place.addEventListener("live", calmly(refresh, 500), true);
select(rows()[0]);
