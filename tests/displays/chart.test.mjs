import assert from "node:assert/strict";
import test from "node:test";
import * as chart from "../../server/console/web/chart.js";

const OXFORD = { latitude: 51.5154, longitude: -0.1411 };
const SOHO = { latitude: 51.5138, longitude: -0.1345 };
const size = { width: 800, height: 400 };
const close = (one, other, within = 1e-6) => assert.ok(Math.abs(one - other) <= within, `${one} is not ${other}`);

test("a place comes back from where it is drawn", () => {
  for (const place of [OXFORD, { latitude: -33.9, longitude: 18.4 }, { latitude: 0, longitude: 179.9 }, { latitude: 84, longitude: -179.5 }]) {
    const view = chart.fit([place, OXFORD], size);
    const again = chart.fromScreen(view, size, chart.toScreen(view, size, place));
    close(again.latitude, place.latitude, 1e-4);
    close(again.longitude, place.longitude, 1e-4);
  }
});

test("all places are in view, with room around them", () => {
  const view = chart.fit([OXFORD, SOHO], size, 50);
  for (const place of [OXFORD, SOHO]) {
    const { x, y } = chart.toScreen(view, size, place);
    assert.ok(x >= 49 && x <= 751 && y >= 49 && y <= 351);
  }
});

test("one place, or none, makes a map too", () => {
  const alone = chart.fit([OXFORD], size);
  close(chart.toScreen(alone, size, OXFORD).x, 400);
  assert.ok(chart.pixelsPerMetre(alone, 51.5) * 1600 <= 700);
  assert.ok(Number.isFinite(chart.fit([], size).scale));
});

test("what is under the pointer stays there while zooming", () => {
  const view = chart.fit([OXFORD, SOHO], size);
  const at = { x: 123, y: 77 };
  const before = chart.fromScreen(view, size, at);
  const after = chart.fromScreen(chart.zoomAt(view, size, at, 2.5), size, at);
  close(after.latitude, before.latitude);
  close(after.longitude, before.longitude);
});

test("zooming and moving never leave the world", () => {
  let view = chart.fit([OXFORD], size);
  for (let turn = 0; turn < 80; turn += 1) view = chart.zoomAt(view, size, { x: 0, y: 0 }, 3);
  assert.equal(view.scale, chart.MOST_SCALE);
  for (let turn = 0; turn < 200; turn += 1) view = chart.zoomAt(view, size, { x: 0, y: 0 }, 0.3);
  assert.equal(view.scale, chart.LEAST_SCALE);
  assert.ok(chart.pan(view, 0, 1e9).y <= 1);
});

test("the scale bar is a round distance of the right length", () => {
  const view = chart.fit([OXFORD, SOHO], size);
  const bar = chart.scaleBar(view, 51.5);
  assert.match(bar.label, /^[125]0* (m|km)$/);
  assert.ok(bar.pixels > 40 && bar.pixels <= 120);
  const east = chart.fromScreen(view, size, { x: 400 + bar.pixels, y: 200 });
  const here = chart.fromScreen(view, size, { x: 400, y: 200 });
  close(chart.metresBetween(here, east) / bar.metres, 1, 0.005);
});

test("the graticule has a few round lines at any zoom", () => {
  for (const scale of [256, 5e3, 1e5, 2e6, 4e7, 5e8]) {
    const { meridians, parallels } = chart.graticule({ ...chart.project(OXFORD), scale }, size);
    assert.ok(meridians.length <= 9, `${meridians.length} meridians at ${scale}`);
    assert.ok(parallels.length <= 9);
    assert.ok(new Set(meridians.map(({ label }) => label)).size === meridians.length);
  }
});

test("labels neither overlap nor leave the map, and stores speak first", () => {
  const marks = Array.from({ length: 40 }, (_, at) => ({ x: 100 + (at % 8) * 60, y: 60 + Math.floor(at / 8) * 40, size: 6, text: 90, weight: at === 39 ? 2 : 1 }));
  const places = chart.placeLabels(marks, size);
  const boxes = places.flatMap((place, at) => (place ? [{ x: place.anchor === "start" ? place.x : place.anchor === "end" ? place.x - 90 : place.x - 45, y: place.y - 8, width: 90, height: 16, at }] : []));
  assert.ok(places[39]);
  assert.ok(boxes.length > 4);
  for (const one of boxes) {
    assert.ok(one.x >= 0 && one.x + 90 <= 800);
    for (const other of boxes) assert.ok(one === other || !chart.overlap(one, other));
  }
});

test("screens in one window stand beside each other", () => {
  const moved = chart.spread([{ x: 10, y: 10 }, { x: 11, y: 10 }, { x: 10, y: 11 }, { x: 300, y: 10 }]);
  assert.deepEqual(moved[3], { x: 300, y: 10 });
  for (const [one, other] of [[0, 1], [1, 2], [0, 2]]) assert.ok(Math.hypot(moved[one].x - moved[other].x, moved[one].y - moved[other].y) > 8);
});

test("minutes are those of the server's formula", () => {
  assert.equal(chart.walkingMinutes(800), 13);
  assert.equal(chart.walkingMinutes(0), 1);
  close(chart.metresBetween(OXFORD, SOHO), 490.5, 2);
});

test("a house in three cities has three regions, the largest first", () => {
  const oslo = { latitude: 59.91, longitude: 10.74 };
  const saigon = { latitude: 10.78, longitude: 106.7 };
  assert.deepEqual(chart.regions([oslo, OXFORD, saigon, SOHO]).map((group) => group.length), [2, 1, 1]);
  const chain = Array.from({ length: 12 }, (_, at) => ({ latitude: 50 + at * 1.2, longitude: 0 }));
  assert.equal(chart.regions([...chain.filter((_, at) => at % 2), ...chain.filter((_, at) => !(at % 2))]).length, 1);
  assert.deepEqual(chart.regions([]), []);
});
