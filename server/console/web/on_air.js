// On air: arrows walk over the cards, w withdraws the one that has the focus (or the newest), z takes the last one back.

import { toast } from "../../core/web/console.js";
import { announce, asked, calmly, fragment, renew, send } from "./renew.js";

const place = /** @type {HTMLElement} */ (document.getElementById("on-air"));
const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("withdraw"));
const undo = /** @type {HTMLButtonElement | null} */ (document.querySelector('[data-act="undo"]'));
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** Times by which something is over, on this person's own clock. */
function tell() {
  for (const time of /** @type {NodeListOf<HTMLTimeElement>} */ (place.querySelectorAll("time[data-clock]"))) time.textContent = clock.format(new Date(time.dateTime));
  if (undo) undo.disabled = !mine();
}

const mine = () => [...place.querySelectorAll("[data-undo]")].find((one) => one.getAttribute("data-by") === place.dataset.me);

async function refresh() {
  const made = await fragment("/console/on-air/list");
  const old = place.firstElementChild;
  if (!made || !old) return;
  for (const time of /** @type {NodeListOf<HTMLTimeElement>} */ (made.querySelectorAll("time[data-clock]"))) time.textContent = clock.format(new Date(time.dateTime));
  renew(old, made);
  announce(/** @type {Element} */ (place.firstElementChild));
  tell();
}

/** @param {HTMLElement | null} aired */
async function ask(aired) {
  if (!aired || dialog.open) return;
  /** @type {HTMLElement} */ (dialog.querySelector("[data-who]")).textContent = aired.dataset.author ? `@${aired.dataset.author}` : "the post";
  const reason = await asked(dialog);
  if (reason !== null) withdraw(aired, reason);
}

/** @param {HTMLElement} aired @param {string} reason */
const withdraw = (aired, reason) => takeOff(aired, `/console/on-air/${aired.dataset.screening}/withdrawal`, { reason });

/** The item beside a post is wrong: the post waits again. @param {HTMLElement} aired */
const wrong = (aired) => takeOff(aired, `/console/queue/${aired.dataset.screening}/corrections`, { kind: "wrong", variant: aired.dataset.variant ?? "" });

/** @param {HTMLElement} aired @param {string} path @param {Record<string, string>} fields */
async function takeOff(aired, path, fields) {
  const next = /** @type {HTMLElement | null} */ (aired.nextElementSibling ?? aired.previousElementSibling);
  const answer = await send("POST", path, fields);
  toast(answer.body.words ?? answer.body.detail ?? "That did not work.", { bad: !answer.ok });
  if (answer.ok) {
    aired.classList.add("leaving");
    next?.focus();
  }
  await refresh();
}

/** @param {Element | undefined} button */
async function takeBack(button) {
  if (!button) return;
  const answer = await send("DELETE", `/console/verdicts/${button.getAttribute("data-undo")}`);
  toast(answer.body.words ?? answer.body.detail ?? "It could not be taken back.", { bad: !answer.ok });
  await refresh();
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const aired = /** @type {HTMLElement | null} */ (target.closest(".aired"));
  if (target.closest('[data-act="withdraw"]')) ask(aired);
  else if (aired && target.closest('[data-act="wrong"]')) wrong(aired);
  else if (target.closest("[data-undo]")) takeBack(/** @type {Element} */ (target.closest("[data-undo]")));
  else if (target.closest('[data-act="undo"]')) takeBack(mine());
  else if (aired) aired.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (/** @type {Element} */ (event.target).closest("input, textarea, select")) return;
  const all = /** @type {HTMLElement[]} */ ([...place.querySelectorAll(".aired")]);
  const at = all.findIndex((one) => one.contains(document.activeElement));
  const across = Math.max(1, all.filter((one) => one.offsetTop === all[0]?.offsetTop && one.parentElement === all[0]?.parentElement).length);
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key];
  if (step && all.length) {
    event.preventDefault();
    all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))].focus();
  } else if (event.key === "w" && place.querySelector('[data-act="withdraw"]')) {
    event.preventDefault();
    ask(all[Math.max(0, at)] ?? null);
  }
});

place.addEventListener("live", calmly(refresh, 800), true);
setInterval(refresh, 60_000);
tell();
