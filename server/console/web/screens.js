// A screen's form: a store chosen writes its place and time zone into the fields; what is unsaved is said.

const choice = /** @type {HTMLSelectElement | null} */ (document.querySelector("[data-at-store]"));

choice?.addEventListener("change", () => {
  const { latitude, longitude, zone } = choice.selectedOptions[0]?.dataset ?? {};
  if (!latitude || !longitude) return;
  write("f-latitude", latitude);
  write("f-longitude", longitude);
  if (zone) write("f-time_zone", zone);
});

/** @param {string} id @param {string} value */
function write(id, value) {
  const field = /** @type {HTMLInputElement} */ (document.getElementById(id));
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

for (const id of ["f-latitude", "f-longitude"])
  document.getElementById(id)?.addEventListener("input", (event) => {
    // A place typed or clicked is a place of its own.
    if (choice && event.isTrusted) choice.value = "";
  });

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-track]"));
const content = () => (form ? JSON.stringify([...new FormData(form).entries()]) : "");
const before = content();
let leaving = false;

function tell() {
  const state = form?.querySelector(".savestate");
  if (state) state.textContent = content() === before ? "" : "Not saved yet.";
}
form?.addEventListener("input", tell);
form?.addEventListener("submit", () => { leaving = true; });
addEventListener("pageshow", () => { leaving = false; });
addEventListener("beforeunload", (event) => {
  if (!leaving && content() !== before) event.preventDefault();
});
