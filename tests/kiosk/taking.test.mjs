import assert from 'node:assert/strict';
import { test } from 'node:test';

import { opened, picked, ticketIn } from '../../kiosk/web/phone/taking.js';

const answer = (status, body = null) => ({ status, body });

test('the ticket is what stands behind the # of the code, and nothing else is taken for one', () => {
  const secret = 'Ab3_-'.repeat(9);
  assert.equal(ticketIn(`#${secret}`), secret);
  for (const wrong of ['', '#', '#short', `#${secret}<script>`, `#${'x'.repeat(101)}`]) assert.equal(ticketIn(wrong), '', wrong);
});

test('a ticket that was posted leads to the numbers, to the bag, or to words that say why not', () => {
  assert.equal(opened(answer(200, { state: 'asked' })), 'numbers');
  assert.equal(opened(answer(200, { state: 'taken' })), 'taken');
  assert.equal(opened(answer(200, { state: 'contested' })), 'contested');
  assert.equal(opened(answer(410)), 'over');
  assert.equal(opened(answer(429)), 'often');
  assert.equal(opened(answer(0)), 'offline');
  assert.equal(opened(answer(503)), 'offline');
});

test('a wrong number, a bag of another account and a lost network are told apart', () => {
  assert.equal(picked(answer(200, { bag: 'b' })), 'taken');
  assert.equal(picked(answer(409, { wrong: true })), 'wrong');
  assert.equal(picked(answer(409, { full: true })), 'full');
  assert.equal(picked(answer(409, {})), 'owned');
  assert.equal(picked(answer(404)), 'owned');
  assert.equal(picked(answer(410)), 'over');
  assert.equal(picked(answer(0)), 'offline');
});
