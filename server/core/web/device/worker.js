/* Service worker of every kind of device: keeps one whole version of its page, and answers from what the page has put by. */
'use strict';

/** @type {any} */
const worker = self;
const DIGEST = new URL(worker.location.href).searchParams.get('shell') || '';
/** Where this worker's kind of device lives: /screen, /kiosk. */
const PLACE = worker.location.pathname.replace(/[/]worker[.]js$/, '');
// Every kind has shells of its own, and throws no other's away.
const PREFIX = 'vitrine-' + (PLACE === '/screen' ? '' : PLACE.slice(1) + '-') + 'shell-';
const SHELL = PREFIX + DIGEST;
const PAIRING = PLACE;
const APP = PLACE + '/shell';

worker.addEventListener('install', (/** @type {any} */ event) => {
  event.waitUntil(install());
});

worker.addEventListener('activate', (/** @type {any} */ event) => {
  event.waitUntil(worker.clients.claim());
});

worker.addEventListener('message', (/** @type {any} */ event) => {
  const said = event.data && event.data.type;
  if (said === 'activate') worker.skipWaiting();
  // Not before: a page of the version before may have somebody before it, and need more of what it is made of.
  if (said === 'begun') event.waitUntil(dropOldShells());
});

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (event.request.mode === 'navigate') {
    const page = pageOf(url.pathname);
    if (page) event.respondWith(fromShell(page, event.request));
  } else if (/^\/(static|media)\//.test(url.pathname) || (isCode(url) && event.request.cache !== 'no-cache')) {
    // A code that the player asks for anew is the network's to answer; a picture of it comes from the device.
    event.respondWith(fromAnywhere(event.request));
  }
});

/** @param {URL} url */
function isCode(url) {
  return /^\/qr\//.test(url.pathname);
}

/** Fetch the whole version, or fail and leave the old one in place. */
async function install() {
  const shell = await (await fetchOk(PLACE + '/shell.json')).json();
  if (shell.digest !== DIGEST) throw new Error('the server has another version by now');
  const cache = await caches.open(SHELL);
  // A page that names another version would mix two: the server was renewed while this was fetched.
  for (const page of [PAIRING, APP]) await cache.put(page, await ofThisVersion(await fetchOk(page)));
  for (const file of shell.files) if (!(await cache.match(file))) await cache.put(file, await fetchOk(file));
}

/** @param {string} address */
async function fetchOk(address) {
  const cached = /^\/static\//.test(address);
  const response = await fetch(address, { credentials: 'same-origin', cache: cached ? 'default' : 'no-store', redirect: 'error' });
  if (response.status !== 200) throw new Error(address + ' answered ' + response.status);
  return response;
}

/** @param {Response} response */
async function ofThisVersion(response) {
  const text = await response.clone().text();
  if (text.indexOf('data-shell="' + DIGEST + '"') < 0) throw new Error('the page is of another version');
  return response;
}

/** @param {string} path @returns {string|null} the page that stands for a path; previews and links that adopt a browser come from the server */
function pageOf(path) {
  if (path === PAIRING || path === PAIRING + '/') return PAIRING;
  if (path.indexOf(PLACE + '/') !== 0) return null;
  return /^(?!(?:preview|adopt)$)[^/.]+$/.test(path.slice(PLACE.length + 1)) ? APP : null;
}

/** @param {string} page @param {Request} request */
async function fromShell(page, request) {
  const cache = await caches.open(SHELL);
  return (await cache.match(page)) || fetch(request);
}

/** @param {Request} request */
async function fromAnywhere(request) {
  const found = await caches.match(request.url, { ignoreVary: true });
  return found || fetch(request);
}

async function dropOldShells() {
  const names = await caches.keys();
  // One that waits, or is being fetched, is not old.
  const { active, waiting, installing } = worker.registration;
  const wanted = [worker.location.href, ...[active, waiting, installing].filter(Boolean).map((/** @type {any} */ one) => one.scriptURL)].map(shellOf);
  const old = names.filter((name) => name.indexOf(PREFIX) === 0 && wanted.indexOf(name) < 0);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** @param {string} address of a worker @returns {string} the cache that it answers from */
function shellOf(address) {
  return PREFIX + (new URL(address).searchParams.get('shell') || '');
}
