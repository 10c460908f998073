// Staff: a role is sent when it is chosen, and the one-time link is copied with a key.

import { toast } from "../../core/web/console.js";

for (const select of document.querySelectorAll("select[data-send]"))
  select.addEventListener("change", () => /** @type {HTMLSelectElement} */ (select).form?.requestSubmit());

const link = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-copy-from]"));
document.querySelector("[data-copy]")?.addEventListener("click", async () => {
  link?.select();
  try {
    await navigator.clipboard.writeText(link?.value ?? "");
    toast("Copied.");
  } catch {
    toast("It is selected: copy it with Ctrl-C."); // without HTTPS the page may not write the clipboard
  }
});
link?.addEventListener("focus", () => link.select());
