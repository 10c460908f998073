/* The show without a glass: what it says to the watchdog, and what becomes of the card that stands when documents change. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { createShowing } from '../../displays/player/showing.js';
import { createWatchdog } from '../../displays/player/watchdog.js';

const SCREEN = { screen: 's', loop: 'loop:x', stores: [] };
const DONE = Promise.resolve();

function spot(id, more = {}) {
  return { id, kind: 'evergreen', card: 'card-' + id, pictures: [], fonts: [], variants: [], seconds: 10, live: false, from: null, until: null, ...more };
}

/** A shelf on which `prepare` does as told: 'ready', 'broken', or never comes back. */
function shelfOf(how) {
  return (events) => {
    const made = new Set();
    return {
      prepare: (one) => {
        if (how === 'hung') return new Promise(() => undefined);
        if (how === 'broken') { events.onFailed(one, new Error('broken')); return Promise.resolve(null); }
        if (!made.has(one.card)) { made.add(one.card); events.onReady(one); }
        return Promise.resolve({ spot: one, layer: {}, card: {} });
      },
      take: (one) => (made.has(one.card) ? { spot: one, layer: {}, card: {} } : null),
      keepOnly: () => undefined,
      reset: () => made.clear(),
    };
  };
}

/** A show with a watchdog and no glass, on the timers of the test. */
function begun(t, how = 'ready') {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: Date.parse('2026-11-22T12:00:00Z') });
  const said = { errors: [], reloads: 0, ends: [], shown: [] };
  const watchdog = createWatchdog({
    key: 'k', monotonic: () => Date.now(), canReload: async () => true, reload: () => { said.reloads += 1; },
    onError: (text) => said.errors.push(text), target: { addEventListener: () => undefined },
  });
  const showing = createShowing({
    stage: { show: () => DONE, clear: () => DONE, drop: () => undefined }, makeShelf: shelfOf(how), now: () => Date.now(), trusted: () => true,
    fill: () => undefined, journal: { begin: () => undefined, end: (result, reason) => said.ends.push(reason), failed: () => undefined },
    onShowing: (one) => { said.shown.push(one && one.id); watchdog.progress(one ? one.seconds * 1000 : 600000); },
    onStill: () => watchdog.progress(600000),
    onReady: () => undefined, onSettled: () => undefined, atBoundary: () => false, onFault: (error) => { throw error; },
  });
  watchdog.start();
  showing.tick();
  return { showing, said };
}

async function pass(t, seconds) {
  for (let n = 0; n < seconds; n += 1) {
    t.mock.timers.tick(1000);
    await new Promise(setImmediate);
  }
}

test('a screen with nothing to play lets its slate stand in peace', async (t) => {
  const { showing, said } = begun(t);
  showing.absorb('screen:s', SCREEN);
  showing.absorb('loop:x', { mode: 'live', spots: [spot('past', { until: '2026-11-01T00:00:00Z' })] });
  await pass(t, 3000);
  assert.deepEqual([said.errors, said.reloads, showing.world().current], [[], 0, null]);
});

for (const [how, seconds] of [['hung', 800], ['broken', 2400]]) {
  test('a screen whose cards are ' + how + ' is still caught', async (t) => {
    const { showing, said } = begun(t, how);
    showing.absorb('screen:s', SCREEN);
    showing.absorb('loop:x', { mode: 'live', spots: [] });
    await pass(t, 60);
    showing.absorb('loop:x', { mode: 'live', spots: [spot('a')] });
    await pass(t, seconds);
    assert.ok(said.reloads > 0);
  });
}

test('a screen that was never told what to play is still caught', async (t) => {
  const { showing, said } = begun(t);
  showing.absorb('screen:s', SCREEN);
  await pass(t, 800);
  assert.ok(said.reloads > 0);
});

test('an edit of the labels leaves the card on the glass that the new loop plays too', async (t) => {
  const { showing, said } = begun(t);
  const post = spot('p', { kind: 'post', live: true, seconds: 60 });
  showing.absorb('screen:s', SCREEN);
  showing.absorb('loop:x', { mode: 'live', spots: [post] });
  await pass(t, 5);
  showing.absorb('screen:s', { ...SCREEN, loop: 'loop:y' });
  await pass(t, 3);
  showing.absorb('loop:y', { mode: 'live', spots: [post, spot('b')] });
  await pass(t, 3);
  assert.deepEqual([said.ends, showing.world().current.spot.id], [[], 'p']);
  showing.absorb('screen:s', { gone: true, moved: null });
  assert.deepEqual([said.ends, said.shown.slice(-1)], [['withdrawn'], [null]]);
});
