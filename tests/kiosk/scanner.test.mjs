import assert from 'node:assert/strict';
import test from 'node:test';

import { createBurst } from '../../kiosk/web/tablet/scanner.js';

/** What a field holds, and what was scanned, after these keys. */
function typed(presses) {
  const burst = createBurst();
  let field = '';
  const scans = [];
  for (const press of presses) {
    const verdict = burst.press(press);
    if (verdict.begins) field = field.slice(0, -2);
    if (verdict.back) field += verdict.back;
    if (verdict.scan) scans.push(verdict.scan);
    if (!verdict.swallow && press.key.length === 1 && !press.control) field += press.key;
  }
  return { field: field + burst.lapse(), scans };
}
const keys = (text, apart, from = 1000) => [...text].map((key, index) => ({ key, at: from + index * apart }));
const enter = (at) => ({ key: 'Enter', at });

test('a scanner is heard and leaves nothing in a field', () => {
  assert.deepEqual(typed([...keys('9526010100017', 8), enter(1110)]), { field: '', scans: ['9526010100017'] });
});

test('what a hand types stays where it was typed, Enter and all', () => {
  assert.deepEqual(typed([...keys('lipstick', 90), enter(1800)]), { field: 'lipstick', scans: [] });
});

test('a quick hand loses no letter and their order stays', () => {
  assert.deepEqual(typed([...keys('plu', 30), ...keys('mmy', 120, 1200), enter(2000)]).field, 'plummy');
  assert.deepEqual(typed([...keys('abcd', 20), ...keys('efgh', 20, 1500), enter(1900)]).field, 'abcdefgh');
  assert.deepEqual(typed([...keys('abcd', 20), { key: 'Backspace', at: 1090 }]).field, 'abcd');
});

test('a scan follows what was typed by hand and comes out alone', () => {
  const both = typed([...keys('red', 150), ...keys('96385074', 10, 3000), enter(3085)]);
  assert.deepEqual(both, { field: 'red', scans: ['96385074'] });
});

test('a key that is held down is no scanner', () => {
  const held = keys('aaaaaaaa', 33).map((press, index) => ({ ...press, repeat: index > 0 }));
  assert.deepEqual(typed([...held, enter(1290)]), { field: 'aaaaaaaa', scans: [] });
});

test('capitals and FNC1 come through', () => {
  const presses = [...keys('10', 5), { key: 'Shift', at: 1008 }, ...keys('LOT', 5, 1010), { key: ']', at: 1026, control: true }, ...keys('0109526010100017', 5, 1030)];
  assert.deepEqual(typed([...presses, enter(1115)]).scans, ['10LOT\x1d0109526010100017']);
});
