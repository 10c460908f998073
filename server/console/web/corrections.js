// Corrections: one or a group of them is taken back, or counts again; the last word of this page is taken back by a key.

import { toast } from "../../core/web/console.js";
import { announce, calmly, fragment, renew, send } from "./renew.js";

const place = /** @type {HTMLElement} */ (document.getElementById("corrections"));
/** @type {Array<{act: string, ids: string}>} what takes back what this person did here, the newest last */
const said = [];

async function refresh() {
  const made = await fragment("/console/corrections/list");
  const old = place.firstElementChild;
  if (!made || !old) return;
  for (const one of place.querySelectorAll("[data-row] details[open]")) {
    const row = one.closest("[data-row]")?.getAttribute("data-row") ?? "";
    made.querySelector(`[data-row="${CSS.escape(row)}"] details`)?.setAttribute("open", "");
  }
  for (const one of place.querySelectorAll("details[data-row][open]")) made.querySelector(`[data-row="${CSS.escape(one.getAttribute("data-row") ?? "")}"]`)?.setAttribute("open", "");
  renew(old, made);
  announce(/** @type {Element} */ (place.firstElementChild));
  mark();
}

/** @param {string} act undo or redo @param {string} ids @param {boolean} [back] */
async function change(act, ids, back) {
  const answer = await send("POST", `/console/corrections/${act}`, { ids });
  toast(answer.body.words ?? answer.body.detail ?? "That did not work. Nothing was changed.", { bad: !answer.ok });
  if (answer.ok && !back) said.push({ act: act === "undo" ? "redo" : "undo", ids: answer.body.ids });
  await refresh();
}

function mark() {
  const back = /** @type {HTMLButtonElement | null} */ (document.querySelector('.actions [data-act="back"]'));
  if (back) back.disabled = !said.length;
}

document.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("[data-act]"));
  const { act, ids } = target?.dataset ?? {};
  if (act === "back") {
    const last = said.pop();
    if (last) change(last.act, last.ids, true);
  } else if (act && ids) change(act, ids);
});

place.addEventListener("live", calmly(refresh, 500), true);
mark();
