/* Clock, silence, back-off, versions, proportions, the journal and the ladder of the watchdog: what holds without a browser. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { aspectOf } from '../../displays/player/aspect.js';
import { backoff } from '../../server/core/web/device/backoff.js';
import { createClock, createSilence } from '../../server/core/web/device/clock.js';
import { createJournal, uuidFrom } from '../../displays/player/journal.js';
import { createReports } from '../../displays/player/reports.js';
import { inMemory } from '../../server/core/web/device/database.js';
import { SCREEN } from '../../displays/player/documents.js';
import { etagOf, replaces, versionOf } from '../../server/core/web/device/versions.js';
import { needed } from '../../displays/player/topics.js';
import { mayReload } from '../../displays/player/watchdog.js';

test('the clock follows the server, by its least delayed message, whatever the wall clock does', () => {
  let [ticks, wall] = [1000, 5];
  const clock = createClock(() => ticks, () => wall, 0);
  clock.heard(50000);
  ticks += 100;
  clock.heard(50040); // 60 ms late
  assert.equal(clock.now(), 50100);
  wall += 3600000;
  assert.equal(clock.now(), 50100);
});

test('before the server is heard the clock goes by the wall and the last known skew', () => {
  const clock = createClock(() => 0, () => 100000, 2500);
  assert.equal(clock.now(), 102500);
});

test('when server time jumps, what was learned before is forgotten', () => {
  let ticks = 0;
  const clock = createClock(() => ticks, () => 0, 0);
  clock.heard(1000000);
  ticks += 10;
  clock.heard(500000);
  assert.equal(clock.now(), 500000);
});

test('silence is endless until the server is heard, and a machine that slept was silent meanwhile unless a beat comes soon', () => {
  let [ticks, wall] = [0, 0];
  const pass = (ms) => { ticks += ms; wall += ms; };
  const silence = createSilence(() => ticks, () => wall);
  assert.equal(silence.lasted(), Infinity);
  silence.broken();
  pass(1000);
  wall += 3600000;
  assert.equal(silence.lasted(), 1000);
  pass(20000);
  assert.equal(silence.lasted(), 3621000);
  wall -= 7200000;
  assert.equal(silence.lasted(), 21000);
});

test('a wall clock that is set an hour ahead, or back, ends no lease while beats come', () => {
  let [ticks, wall] = [0, 0];
  const silence = createSilence(() => ticks, () => wall);
  for (let second = 0; second < 120; second += 1) {
    if (second % 15 === 0) silence.broken();
    if (second === 50) wall += 3600000;
    if (second === 90) wall -= 7200000;
    assert.ok(silence.lasted() < 15000, 'after ' + second + ' s');
    ticks += 1000;
    wall += 1000;
  }
});

test('back-off doubles, is spread, and is bounded', () => {
  assert.equal(backoff(1, { base: 500, random: () => 0 }), 500);
  assert.equal(backoff(1, { base: 500, random: () => 1 }), 1000);
  assert.equal(backoff(3, { base: 500, random: () => 1 }), 4000);
  assert.equal(backoff(5000, { cap: 30000, random: () => 1 }), 30000);
});

test('another epoch replaces, within an epoch only a newer number does', () => {
  assert.ok(replaces(null, ['e', 1]));
  assert.ok(replaces(['e', 1], ['e', 2]));
  assert.ok(!replaces(['e', 2], ['e', 2]));
  assert.ok(!replaces(['e', 2], ['e', 1]));
  assert.ok(replaces(['e', 9], ['f', 1]));
  assert.deepEqual(versionOf(etagOf(['e-5', 12])), ['e-5', 12]);
  assert.equal(versionOf('nonsense'), null);
});

test('a screen needs its own topic, its loop, and its stores', () => {
  assert.deepEqual(needed('s', { screen: null }), ['screen:s']);
  assert.deepEqual(needed('s', { screen: { loop: 'loop:x', stores: [{ id: '3' }] } }), ['screen:s', 'loop:x', 'store:3']);
});

test('a stage lies in the nearest class of proportions', () => {
  assert.equal(aspectOf(1920, 1080), '16:9');
  assert.equal(aspectOf(1080, 1920), '9:16');
  assert.equal(aspectOf(1366, 768), '16:9');
  assert.equal(aspectOf(1280, 1024), '4:3');
  assert.equal(aspectOf(1000, 1000), '1:1');
});

test('the ladder of self-reloads gets steeper', () => {
  assert.ok(mayReload({ count: 0, at: 0 }, 1000));
  assert.ok(!mayReload({ count: 1, at: 1000 }, 30000));
  assert.ok(mayReload({ count: 1, at: 1000 }, 62000));
  assert.ok(!mayReload({ count: 3, at: 0 }, 600000));
  assert.ok(mayReload({ count: 9, at: 0 }, 1800000));
});

function journalOf(send, db = inMemory(SCREEN)) {
  let [number, ticks] = [0, 0];
  const clock = { now: () => 1000000 + ticks, skew: () => 42, monotonic: () => ticks };
  const journal = createJournal({ db, send, clock, uuid: () => 'id' + ++number + Math.random(), delay: () => Promise.resolve() });
  return { journal, db, pass: (ms) => { ticks += ms; } };
}

const SPOT = { id: 'a', card: 'c', campaign: 'k' };

/** A server that keeps plays by id, and may be told to fail first. */
function ledger(...answers) {
  const kept = new Map();
  const send = async (plays) => {
    const answer = answers.shift() || 'keep';
    if (answer === 'keep' || answer === 'lost') plays.forEach((play) => kept.set(play.id, play));
    if (answer === 'keep') return { status: 200, accepted: plays.map((play) => play.id) };
    return { status: answer === 'lost' ? 0 : answer, accepted: [] };
  };
  return { kept, send };
}

test('a play is told once it has ended, with what the monotonic clock measured', async () => {
  const { kept, send } = ledger();
  const { journal, pass } = journalOf(send);
  await journal.restore();
  journal.begin(SPOT);
  pass(12000);
  await journal.upload();
  assert.equal(kept.size, 0);
  await journal.end('completed', null);
  await journal.upload();
  const [play] = kept.values();
  assert.deepEqual([play.duration_ms, play.result, play.reason, play.seq, play.offset_ms], [12000, 'completed', null, 1, 42]);
  assert.equal(Date.parse(play.ended_at) - Date.parse(play.started_at), 12000);
  assert.equal(await journal.waiting(), 0);
});

test('lost answers and outages lead to repeats with the same id, never to a second play', async () => {
  const { kept, send } = ledger('lost', 0, 503);
  const { journal, pass } = journalOf(send);
  for (let n = 0; n < 450; n += 1) { journal.begin(SPOT); pass(10); journal.end('completed', null); }
  for (let n = 0; n < 5; n += 1) await journal.upload();
  assert.equal(kept.size, 450);
  assert.deepEqual([...kept.values()].map((play) => play.seq).sort((a, b) => a - b), Array.from({ length: 450 }, (_, n) => n + 1));
});

test('a page that died leaves a play that the next page closes and tells, and numbers go on', async () => {
  const { kept, send } = ledger();
  const first = journalOf(send);
  first.journal.begin(SPOT);
  first.pass(5000);
  first.journal.tick();
  await first.journal.settled();
  const second = journalOf(send, first.db);
  await second.journal.restore();
  second.journal.begin(SPOT);
  await second.journal.end('completed', null);
  await second.journal.upload();
  const plays = [...kept.values()];
  assert.deepEqual(plays.map((play) => [play.seq, play.result, play.reason, play.duration_ms]), [[1, 'partial', 'reload', 5000], [2, 'completed', null, 0]]);
});

test('a batch that the server cannot read is told play by play, and what it never wants is dropped', async () => {
  const { kept, send } = ledger(400, 'keep', 400, 'keep');
  const { journal } = journalOf(send);
  for (let n = 0; n < 3; n += 1) { journal.begin(SPOT); journal.end('completed', null); }
  await journal.upload();
  assert.deepEqual([...kept.values()].map((play) => play.seq), [1, 3]);
  assert.equal(await journal.waiting(), 0);
});

test('plays that the server leaves out are not told for ever', async () => {
  const { journal } = journalOf(async () => ({ status: 200, accepted: [] }));
  journal.begin(SPOT);
  journal.end('completed', null);
  for (let n = 0; n < 3; n += 1) await journal.upload();
  assert.equal(await journal.waiting(), 0);
});

test('an upload whose answer never comes is given up, and the next one goes out', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { kept, send } = ledger();
  let hung = true;
  const { journal } = journalOf((plays) => (hung ? new Promise(() => undefined) : send(plays)));
  journal.begin(SPOT);
  await journal.end('completed', null);
  const first = journal.upload();
  await new Promise(setImmediate);
  hung = false;
  await journal.upload();
  assert.equal(kept.size, 0, 'one at a time');
  t.mock.timers.tick(60000);
  await first;
  await journal.upload();
  assert.equal(kept.size, 1);
});

test('ids are random UUIDs of version 4', () => {
  const ids = new Set(Array.from({ length: 100 }, () => uuidFrom(globalThis.crypto)));
  assert.equal(ids.size, 100);
  ids.forEach((id) => assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/));
});

test('what could not be told is told when the line is back, and applied is told anew to another process', () => {
  const said = [];
  let open = false;
  const reports = createReports({ send: (message) => open && Boolean(said.push(message)), now: () => 5, size: () => ({ width: 2, height: 1 }) });
  const live = { id: 'p', live: true };
  reports.received({ topic: 'loop:x', version: ['e', 1], doc: { spots: [live] } });
  reports.ready(live);
  reports.ready(live);
  reports.showing(live, null);
  open = true;
  reports.resume();
  reports.applied({ topic: 'loop:x', version: ['e', 1], doc: {} });
  reports.applied({ topic: 'loop:x', version: ['e', 1], doc: {} });
  assert.deepEqual(said.map((message) => message.type), ['showing', 'ready', 'applied']);
  reports.resume();
  reports.applied({ topic: 'loop:x', version: ['e', 1], doc: {} });
  assert.deepEqual(said.map((message) => message.type), ['showing', 'ready', 'applied', 'showing', 'applied']);
});
