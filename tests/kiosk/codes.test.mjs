import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';

import { isWhole, readCode } from '../../kiosk/web/tablet/codes.js';

const GTIN = '09526010100017';

test('one article is the same in every form that a scanner types', () => {
  for (const typed of [
    '9526010100017', ` ${GTIN}\n`, ']E09526010100017', `01${GTIN}`, `(01)${GTIN}(10)A1`, `(01) ${GTIN}`, `]C101${GTIN}10LOT7\x1d21900`,
    `]d2\x1d10LOT7\x1d01${GTIN}`, `]d217261231${`01${GTIN}`}`, `https://id.gs1.org/01/${GTIN}/10/LOT?17=261231`, `/gtin/9526010100017`,
    `]Q1https://shop.example/en/01/${GTIN}`, `https://dl.example/01/${GTIN}/`,
  ]) assert.deepEqual(readCode(typed), { gtin: GTIN }, JSON.stringify(typed));
});

test('a UPC-E, a UPC-A and an EAN-8 are read as well', () => {
  assert.deepEqual(readCode('036000291452'), { gtin: '00036000291452' });
  assert.deepEqual(readCode('96385074'), { gtin: '00000096385074' });
  assert.deepEqual(readCode('04252614'), { gtin: '00042100005264' });
});

test('our own address of an item without a GTIN is its id', () => {
  assert.deepEqual(readCode('https://vitrine.test/v/red%205%2Fa?s=1&p=e2'), { variant: 'red 5/a' });
});

test('a wrong check digit is told from what is no code at all', () => {
  for (const typed of ['9526010100018', `01${GTIN.slice(0, 13)}8`, `https://id.gs1.org/01/${GTIN.slice(0, 13)}8`, `10LOT\x1d01${GTIN.slice(0, 13)}0`]) {
    assert.deepEqual(readCode(typed), { wrong: 'digit' }, typed);
  }
  for (const typed of ['', 'HELLO WORLD', '00000000', 'https://house.test/', 'https://[half', '/v/%E0%A4%A', '10LOT', '(01)123', 'x'.repeat(3000), '\x1d\x1d']) {
    assert.deepEqual(readCode(typed), { wrong: 'none' }, typed);
  }
});

test('the check digit is that of GS1', () => {
  assert.ok(isWhole(GTIN) && !isWhole(GTIN.replace('1', '2')));
});

test('a tablet without a network understands a code as the server does', () => {
  const cases = JSON.parse(fs.readFileSync(new URL('codes.json', import.meta.url), 'utf8'));
  for (const [typed, meant] of cases) assert.deepEqual(readCode(typed), meant, JSON.stringify(typed));
});
