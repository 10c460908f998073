// Staff: a role is sent when it is chosen (an associate's with its store), and the one-time link is copied with a key.

import { toast } from "../../core/web/console.js";

for (const select of /** @type {NodeListOf<HTMLSelectElement>} */ (document.querySelectorAll("select[data-send]")))
  select.addEventListener("change", () => {
    const store = /** @type {HTMLSelectElement | null} */ (select.form?.querySelector('[name="store_id"]') ?? null);
    const role = /** @type {HTMLSelectElement | null} */ (select.form?.querySelector('[name="role"]') ?? null);
    if (role?.value === "associate" && store && !store.value) store.focus(); // an associate belongs to a store: that is sent with it
    else select.form?.requestSubmit();
  });

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
