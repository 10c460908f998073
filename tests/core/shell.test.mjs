/* A new version of a device's page: brought in when the page says so, however long the browser takes to hand over. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { createShell } from '../../server/core/web/device/shell.js';

const OLD = 'aaaa';
const NEW = 'bbbb';

/** A worker as a browser tells of it, which remembers what it was asked. */
function worker(digest) {
  const asked = [];
  return Object.assign(new EventTarget(), { scriptURL: `https://shop.test/kiosk/worker.js?shell=${digest}`, asked, postMessage: (said) => asked.push(said.type) });
}

/** A page whose browser was served the old version and holds a new one ready. */
async function page(t, digest = OLD) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const registration = Object.assign(new EventTarget(), { installing: null, waiting: worker(NEW), active: worker(OLD) });
  const container = Object.assign(new EventTarget(), { controller: registration.active, register: async () => registration });
  const made = { registration, container, free: true, reloads: 0 };
  made.shell = createShell({
    place: '/kiosk', digest, container, free: () => made.free, reload: () => { made.reloads += 1; },
    fetch: async () => ({ ok: true, json: async () => ({ digest: NEW }) }),
  });
  made.takeOver = () => {
    container.controller = registration.active = registration.waiting;
    registration.waiting = null;
    container.dispatchEvent(new Event('controllerchange'));
  };
  await made.shell.check();
  return made;
}

test('a page that still loads takes no new version over, and one that is settled does', async (t) => {
  const made = await page(t);
  assert.equal(made.shell.renew(), false);
  t.mock.timers.tick(5000);
  assert.equal(made.shell.renew(), true);
  assert.deepEqual(made.registration.waiting.asked, ['activate']);
  assert.equal(made.reloads, 0);
  made.takeOver();
  assert.equal(made.reloads, 1);
});

test('a takeover that does not come holds nothing up, and is followed when it comes', async (t) => {
  const made = await page(t);
  t.mock.timers.tick(5000);
  assert.equal(made.shell.renew(), true);
  t.mock.timers.tick(5000);
  assert.equal(made.shell.renew(), false);
  made.free = false; // somebody is there by now
  made.takeOver();
  assert.equal(made.reloads, 0);
  assert.equal(made.shell.renew(), true);
  assert.equal(made.reloads, 1);
});

test('nobody who came while it waits is interrupted by the takeover', async (t) => {
  const made = await page(t);
  t.mock.timers.tick(5000);
  made.shell.renew();
  made.free = false;
  made.takeOver();
  assert.equal(made.reloads, 0);
  t.mock.timers.tick(5000);
  assert.equal(made.shell.renew(), true);
  assert.equal(made.reloads, 1);
});

test('a page whose own worker takes over for the first time stays', async (t) => {
  const made = await page(t);
  t.mock.timers.tick(5000);
  made.container.dispatchEvent(new Event('controllerchange'));
  assert.equal(made.reloads, 0);
});

test('a page that another page left behind goes at the next occasion', async (t) => {
  const made = await page(t);
  t.mock.timers.tick(5000);
  made.takeOver();
  assert.equal(made.reloads, 0);
  assert.equal(made.shell.renew(), true);
  assert.equal(made.reloads, 1);
  assert.equal(made.shell.renew(), true);
  assert.equal(made.reloads, 1, 'it goes once');
});

test('a page that is of the newest version stays', async (t) => {
  const made = await page(t, NEW);
  t.mock.timers.tick(5000);
  assert.equal(made.shell.renew(), false);
  made.takeOver();
  assert.equal(made.shell.renew(), false);
  assert.equal(made.reloads, 0);
});

test('a page lets its worker drop the version before once it has begun, and no page before that does', async (t) => {
  const made = await page(t);
  const next = made.registration.waiting;
  await made.shell.start();
  made.takeOver();
  assert.deepEqual(next.asked, []);
  const parts = { place: '/kiosk', container: made.container, free: () => true, reload: () => undefined, fetch: async () => ({ ok: false }) };
  await createShell({ ...parts, digest: NEW }).start();
  assert.deepEqual(next.asked, ['begun']);
});
