// A file to import: dropped anywhere on the form, named, and sent with a meter of how far it has come.

import { toast } from "../../core/web/console.js";

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("upload"));
const LARGEST = 200 * 1024 * 1024;

if (form) {
  const file = /** @type {HTMLInputElement} */ (form.querySelector("input[type=file]"));
  const drop = /** @type {HTMLElement} */ (form.querySelector(".drop"));
  const meter = /** @type {HTMLProgressElement} */ (form.querySelector("progress"));
  file.addEventListener("change", () => named(file.files?.[0]));
  for (const type of ["dragenter", "dragover"]) form.addEventListener(type, (event) => over(/** @type {DragEvent} */ (event), true));
  for (const type of ["dragleave", "drop"]) form.addEventListener(type, (event) => over(/** @type {DragEvent} */ (event), false));
  form.addEventListener("drop", (event) => {
    const files = /** @type {DragEvent} */ (event).dataTransfer?.files;
    if (files?.length) {
      file.files = files;
      named(files[0]);
    }
  });
  // In the bubbling phase: a confirmation that is asked for in the capturing one stops the event before it comes here.
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    send(form, event.submitter, meter);
  });

  /** @param {DragEvent} event @param {boolean} on */
  function over(event, on) {
    event.preventDefault();
    drop.classList.toggle("drop-over", on);
  }

  /** @param {File | undefined} chosen */
  function named(chosen) {
    const [name, size] = /** @type {HTMLElement[]} */ ([...drop.querySelectorAll("[data-name], [data-size]")]);
    name.textContent = chosen ? chosen.name : "Choose a file, or drop it here";
    size.textContent = chosen ? `${(chosen.size / 1024 / 1024).toFixed(chosen.size < 1e7 ? 2 : 0)} MB` : "";
    const kind = chosen && ["stores", "inventory", "products"].find((one) => chosen.name.toLowerCase().includes(one.slice(0, 5)));
    if (kind) /** @type {HTMLInputElement} */ (form?.querySelector(`[name=kind][value=${kind}]`)).checked = true;
  }
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} submitter @param {HTMLProgressElement} meter */
function send(form, submitter, meter) {
  const body = new FormData(form, submitter);
  const chosen = body.get("file");
  if (chosen instanceof File && chosen.size > LARGEST) return toast("That file is larger than 200 MB. Pack it with gzip, then try again.", { bad: true });
  const request = new XMLHttpRequest(); // fetch() tells nothing of how far an upload has come
  const busy = (/** @type {boolean} */ on) => {
    meter.hidden = !on;
    for (const button of form.querySelectorAll("button")) button.disabled = on;
  };
  request.upload.addEventListener("progress", (event) => (meter.value = event.loaded / event.total));
  request.addEventListener("load", () => {
    if (request.status < 400) return location.assign(request.responseURL);
    busy(false);
    toast(said(request), { bad: true });
  });
  request.addEventListener("error", () => {
    busy(false);
    toast("The server cannot be reached. Nothing was changed; try again when the line is back.", { bad: true });
  });
  request.open("POST", form.action);
  request.setRequestHeader("accept", "application/json");
  busy(true);
  request.send(body);
}

/** @param {XMLHttpRequest} request */
function said(request) {
  try {
    return JSON.parse(request.responseText).detail;
  } catch {
    return `The server refused it (${request.status}). Nothing was changed.`;
  }
}
