// Tells that a person looks at the page behind a code: once an opening, when it is visible, not when it is only fetched.

const LOOK_MS = 800;

function opened() {
  const [how] = performance.getEntriesByType("navigation");
  return !how || /** @type {PerformanceNavigationTiming} */ (how).type === "navigate"; // a reload, or coming back, is the same look
}

function tell() {
  const { variant = "", screen = "", spot = "" } = /** @type {HTMLElement} */ (document.querySelector("main")).dataset;
  const headers = { "content-type": "application/json" };
  // Lost with the network: a count is not worth a second try.
  fetch("/api/scans", { method: "POST", headers, body: JSON.stringify({ variant, screen, spot }), keepalive: true }).catch(() => {});
}

let waiting = 0;
function looked() {
  clearTimeout(waiting);
  if (document.visibilityState !== "visible" || /** @type {any} */ (document).prerendering) return;
  waiting = setTimeout(() => {
    document.removeEventListener("visibilitychange", looked);
    document.removeEventListener("prerenderingchange", looked);
    tell();
  }, LOOK_MS);
}

if (opened() && !navigator.webdriver) {
  document.addEventListener("visibilitychange", looked);
  document.addEventListener("prerenderingchange", looked);
  looked();
}
