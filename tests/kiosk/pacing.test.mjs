import assert from 'node:assert/strict';
import test from 'node:test';

import { createPacing } from '../../kiosk/web/tablet/range/pacing.js';

const MINUTE = 60_000;

/** A pacing under a clock that the test moves. */
function paced(t, { may = () => true, random = () => 0.5 } = {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const asked = [];
  const pacing = createPacing({ ask: () => asked.push(1), may, random });
  return { pacing, asked: () => asked.length, pass: (ms) => t.mock.timers.tick(ms) };
}

test('the range is asked for every ten minutes, a little earlier or later on each tablet', (t) => {
  const { pacing, asked, pass } = paced(t);
  pacing.start();
  pass(10 * MINUTE);
  assert.equal(asked(), 1);
  pass(10 * MINUTE);
  assert.equal(asked(), 2);
  pacing.stop();
  pass(30 * MINUTE);
  assert.equal(asked(), 2);
});

test('while somebody is there, or nobody can be asked, a round is left out', (t) => {
  let free = false;
  const { pacing, asked, pass } = paced(t, { may: () => free });
  pacing.start();
  pass(10 * MINUTE);
  assert.equal(asked(), 0);
  free = true;
  pass(10 * MINUTE);
  assert.equal(asked(), 1);
});

test('tablets come at any time of twenty seconds after the range moved, and each once', (t) => {
  const { pacing, asked, pass } = paced(t, { random: () => 0.999 });
  pacing.moved();
  pacing.moved();
  pass(19_900);
  assert.equal(asked(), 0);
  pass(100);
  assert.equal(asked(), 1);
  pacing.moved();
  pass(20_000);
  assert.equal(asked(), 2);
});
