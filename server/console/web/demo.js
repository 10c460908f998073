// The demo's shop window: each link opens a window of its own size, and the same one the next time.

document.addEventListener("click", (event) => {
  const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (event.target).closest("a[data-window]"));
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const [width, height] = (link.dataset.size ?? "").split("x").map(Number);
  const fits = { width: Math.min(width, screen.availWidth), height: Math.min(height, screen.availHeight) };
  // Where windows are not opened in a size (on a phone), the link opens a tab as it says.
  if (window.open(link.href, link.dataset.window, `popup,width=${fits.width},height=${fits.height}`)) event.preventDefault();
});
