// The red button: `!` opens it anywhere, one more key presses it. What it shows comes from the server, over and over; only the
// dialog stays, so that it does not close under somebody's hands when a screen confirms.

import { toast } from "../../core/web/console.js";

const slot = document.getElementById("red-button");
const dialog = document.createElement("dialog");
dialog.className = "dialog dialog-red";
dialog.setAttribute("aria-labelledby", "red-title");
const body = document.createElement("div");
const foot = document.createElement("form");
foot.method = "dialog";
foot.className = "toolbar toolbar-end";
foot.innerHTML = '<button class="button" value="close">Close <kbd aria-hidden="true">Esc</kbd></button>';
dialog.append(body, foot);
document.body.append(dialog);

/** Take in what the server has sent: the state onto the page, the choices into the dialog. */
function absorb() {
  const red = slot?.querySelector(".red");
  if (!(red instanceof HTMLElement)) return;
  document.documentElement.dataset.glass = red.dataset.glass ?? "";
  const made = red.querySelector("[data-red-body]");
  if (!made) return;
  const key = document.activeElement?.getAttribute("data-red-key");
  const inside = dialog.contains(document.activeElement);
  made.remove();
  body.replaceChildren(...made.childNodes);
  if (dialog.open && inside) (body.querySelector(key ? `[data-red-key="${CSS.escape(key)}"]` : "none") ?? body.querySelector('[data-red-key="z"]') ?? dialog).focus();
}

function open() {
  if (dialog.open || !body.childElementCount) return;
  dialog.showModal();
  /** @type {HTMLElement | null} */ (body.querySelector('[data-red-key="z"]') ?? body.querySelector("[data-red-key]"))?.focus();
}

/** Press, or lift: the answer is the button as it is then. @param {DOMStringMap} how */
async function press({ redMethod, redPath, redCampaign }) {
  const body = redMethod === "POST" ? new URLSearchParams({ campaign: redCampaign ?? "" }) : undefined;
  try {
    const answer = await fetch(redPath ?? "", { method: redMethod, body, headers: { accept: "text/html", "hx-request": "true" } });
    if (answer.status === 401) return location.reload();
    const text = await answer.text();
    if (!answer.ok) return toast(new DOMParser().parseFromString(text, "text/html").body.textContent ?? "", { bad: true });
    if (!slot) return;
    slot.innerHTML = text;
    absorb();
    document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: slot } }));
  } catch {
    toast("The server cannot be reached. Nothing was sent: the glass plays on as it did. Try again at once.", { bad: true });
  }
}

dialog.addEventListener("click", (event) => {
  const pressed = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-red-path]"));
  if (pressed) press(pressed.dataset);
});
dialog.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const found = body.querySelector(`[data-red-key="${CSS.escape(event.key)}"]`);
  if (!(found instanceof HTMLElement)) return;
  event.preventDefault();
  found.click();
});
slot?.addEventListener("click", (event) => /** @type {Element} */ (event.target).closest("[data-red-open]") && open());
document.addEventListener("htmx:afterSettle", (event) => /** @type {CustomEvent} */ (event).detail.target === slot && absorb());
absorb();
