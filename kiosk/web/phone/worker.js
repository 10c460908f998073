/* Service worker of the bag's page: the newest page where there is a network, else the last whole version that this phone has kept. */
'use strict';

/** @param {any} worker */
function keepBag(worker) {
  const DIGEST = new URL(worker.location.href).searchParams.get('shell') || '';
  const PREFIX = 'vitrine-bag-shell-';
  const SHELL = PREFIX + DIGEST;
  const PAGE = '/bag';
  /** A network that takes longer for a page of some kilobytes is as good as none. */
  const PATIENCE = 4000;

  worker.addEventListener('install', (/** @type {any} */ event) => {
    event.waitUntil(install().then(() => worker.skipWaiting()));
  });

  worker.addEventListener('activate', (/** @type {any} */ event) => {
    event.waitUntil(dropOldShells().then(() => worker.clients.claim()));
  });

  worker.addEventListener('fetch', (/** @type {any} */ event) => {
    const url = new URL(event.request.url);
    if (event.request.method !== 'GET' || url.origin !== worker.location.origin) return;
    if (event.request.mode === 'navigate') {
      if (url.pathname === PAGE) event.respondWith(fromNetwork(event.request));
    } else if (/^\/(static|media|room)\//.test(url.pathname)) {
      event.respondWith(fromPhone(event.request));
    }
  });

  /** Fetch the whole version, or fail and leave the old one in place. */
  async function install() {
    const shell = await (await fetchOk('/bag/shell.json')).json();
    if (shell.digest !== DIGEST) throw new Error('the server has another version by now');
    const cache = await caches.open(SHELL);
    const page = await fetchOk(PAGE);
    if ((await page.clone().text()).indexOf(`data-shell="${DIGEST}"`) < 0) throw new Error('the page is of another version');
    for (const file of shell.files) if (!(await cache.match(file))) await cache.put(file, await fetchOk(file));
    await cache.put(PAGE, page);
  }

  /** @param {string} address */
  async function fetchOk(address) {
    const lasting = /^\/(static|room)\//.test(address);
    const response = await fetch(address, { credentials: 'same-origin', cache: lasting ? 'default' : 'no-store', redirect: 'error' });
    if (response.status !== 200) throw new Error(`${address} answered ${response.status}`);
    return response;
  }

  /** @param {Request} request */
  async function fromNetwork(request) {
    const kept = await (await caches.open(SHELL)).match(PAGE, { ignoreVary: true });
    if (!kept) return fetch(request);
    const late = new Promise((resolve) => { setTimeout(() => resolve(kept), PATIENCE); });
    const fresh = fetch(request).then((response) => (response.status < 500 ? response : kept), () => kept);
    return Promise.race([fresh, late]);
  }

  /** @param {Request} request */
  async function fromPhone(request) {
    return (await caches.match(request.url, { ignoreVary: true })) || fetch(request);
  }

  async function dropOldShells() {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== SHELL).map((name) => caches.delete(name)));
  }
}

keepBag(self);
