// Where things stand on the map: projection, view, graticule, scale bar and labels that keep out of each other's way.
// Pure: values in, values out; tests/displays/chart.test.mjs runs it without a browser.

/** @typedef {{x: number, y: number}} Point */
/** @typedef {{x: number, y: number, scale: number}} View  centre in Mercator units (0 to 1), pixels per unit */
/** @typedef {{width: number, height: number}} Size  pixels */
/** @typedef {{latitude: number, longitude: number}} Place  WGS 84 degrees */
/** @typedef {{x: number, y: number, width: number, height: number}} Box */
/** @typedef {{x: number, y: number, size: number, text: number, weight: number}} Mark  size: half its side; text: width of its label, 0 for none */
/** @typedef {{x: number, y: number, anchor: "start" | "middle" | "end"}} LabelPlace */

const EARTH_METRES = 40_030_230; // once round, of the mean radius that walking minutes are reckoned with
const FARTHEST = 85.05; // degrees of latitude that Mercator still shows
export const LEAST_SCALE = 256;
export const MOST_SCALE = 256 * 2 ** 21;
const NARROWEST_METRES = 1600;
const STEPS = [90, 30, 15, 10, 5, 2, 1, 0.5, 0.25, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005];

/** @param {Place} place @returns {Point} Mercator units: x from west to east, y from north to south */
export function project({ latitude, longitude }) {
  const phi = (Math.max(-FARTHEST, Math.min(FARTHEST, latitude)) * Math.PI) / 180;
  return { x: (longitude + 180) / 360, y: (1 - Math.log(Math.tan(phi) + 1 / Math.cos(phi)) / Math.PI) / 2 };
}

/** @param {Point} point @returns {Place} */
export function unproject({ x, y }) {
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  return { latitude, longitude: ((((x % 1) + 1) % 1) * 360) - 180 };
}

/** Pixels that a metre on the ground takes at a latitude. @param {View} view @param {number} latitude */
export const pixelsPerMetre = (view, latitude) => view.scale / (EARTH_METRES * Math.cos((latitude * Math.PI) / 180));

/** @param {View} view @param {Size} size @param {Place} place @returns {Point} pixels from the upper left */
export function toScreen(view, size, place) {
  const { x, y } = project(place);
  return { x: (x - view.x) * view.scale + size.width / 2, y: (y - view.y) * view.scale + size.height / 2 };
}

/** @param {View} view @param {Size} size @param {Point} at pixels @returns {Place} */
export function fromScreen(view, size, at) {
  return unproject({ x: view.x + (at.x - size.width / 2) / view.scale, y: view.y + (at.y - size.height / 2) / view.scale });
}

/** The view that shows all places with room around them; the whole world for none.
 * @param {Place[]} places @param {Size} size @param {number} [padding] pixels @returns {View} */
export function fit(places, size, padding = 56) {
  if (!places.length) return bounded({ x: 0.5, y: 0.42, scale: Math.max(size.width, LEAST_SCALE) });
  const points = places.map(project);
  const [left, right] = span(points.map((point) => point.x));
  const [top, bottom] = span(points.map((point) => point.y));
  const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
  const narrowest = NARROWEST_METRES / (EARTH_METRES * Math.cos((unproject(middle).latitude * Math.PI) / 180));
  const across = Math.max(size.width - 2 * padding, 40) / Math.max(right - left, narrowest);
  const down = Math.max(size.height - 2 * padding, 40) / Math.max(bottom - top, narrowest / 2);
  return bounded({ ...middle, scale: Math.min(across, down) });
}

/** @param {number[]} values */
const span = (values) => [Math.min(...values), Math.max(...values)];

/** @param {View} view @returns {View} never beyond the poles, nor closer or farther than is of use */
export function bounded(view) {
  return { x: view.x, y: Math.max(0, Math.min(1, view.y)), scale: Math.max(LEAST_SCALE, Math.min(MOST_SCALE, view.scale)) };
}

/** Zoom so that what is under `at` stays under it. @param {View} view @param {Size} size @param {Point} at @param {number} factor */
export function zoomAt(view, size, at, factor) {
  const scale = bounded({ ...view, scale: view.scale * factor }).scale;
  const away = { x: at.x - size.width / 2, y: at.y - size.height / 2 };
  return bounded({ x: view.x + away.x / view.scale - away.x / scale, y: view.y + away.y / view.scale - away.y / scale, scale });
}

/** @param {View} view @param {number} right pixels that the view moves to the right @param {number} down */
export const pan = (view, right, down) => bounded({ ...view, x: view.x + right / view.scale, y: view.y + down / view.scale });

/** Places in groups that lie within `apart` metres of each other, the largest first: a house in three cities has three.
 * @template {Place} P @param {P[]} places @param {number} [apart] @returns {P[][]} */
export function regions(places, apart = 150_000) {
  /** @type {P[][]} */
  let groups = [];
  for (const place of places) {
    const near = groups.filter((group) => group.some((other) => metresBetween(place, other) <= apart));
    groups = [...groups.filter((group) => !near.includes(group)), [...near.flat(), place]];
  }
  return groups.sort((one, other) => other.length - one.length);
}

/** Lines of equal latitude and longitude at round steps, about `apart` pixels from each other or more.
 * @param {View} view @param {Size} size @param {number} [apart] */
export function graticule(view, size, apart = 110) {
  const corner = fromScreen(view, size, { x: 0, y: 0 });
  const step = [...STEPS].reverse().find((degrees) => (degrees / 360) * view.scale >= apart) ?? STEPS[0];
  const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9) + (step === 0.25 || step === 0.025 ? 1 : 0));
  const west = (view.x - size.width / 2 / view.scale) * 360 - 180;
  const meridians = [];
  const east = Math.min(180, west + (size.width / view.scale) * 360);
  for (let degree = Math.ceil(Math.max(west, -180) / step) * step; degree <= east; degree += step)
    meridians.push({ at: ((degree + 180) / 360 - view.x) * view.scale + size.width / 2, label: angle(degree, decimals, "E", "W") });
  const south = fromScreen(view, size, { x: 0, y: size.height }).latitude;
  const parallels = [];
  for (let degree = Math.ceil(south / step) * step; degree <= corner.latitude; degree += step)
    parallels.push({ at: toScreen(view, size, { latitude: degree, longitude: 0 }).y, label: angle(degree, decimals, "N", "S") });
  return { meridians, parallels };
}

/** @param {number} degree @param {number} decimals @param {string} plus @param {string} minus */
function angle(degree, decimals, plus, minus) {
  const round = Number(degree.toFixed(decimals));
  return `${Math.abs(round).toFixed(decimals)}°${round > 0 ? ` ${plus}` : round < 0 ? ` ${minus}` : ""}`;
}

/** The longest round distance that fits into `most` pixels. @param {View} view @param {number} latitude @param {number} [most] */
export function scaleBar(view, latitude, most = 120) {
  const metre = pixelsPerMetre(view, latitude);
  let best = 1;
  for (let power = 1; power <= 1e7; power *= 10) for (const round of [1, 2, 5]) if (round * power * metre <= most) best = round * power;
  return { pixels: best * metre, metres: best, label: best >= 1000 ? `${best / 1000} km` : `${best} m` };
}

/** Marks that stand on the same spot, set on a small ring around it. @template {Point} P @param {P[]} marks @param {number} [near] pixels @returns {P[]} */
export function spread(marks, near = 9) {
  /** @type {P[][]} */
  const groups = [];
  for (const mark of marks) {
    const group = groups.find(([first]) => Math.hypot(first.x - mark.x, first.y - mark.y) < near);
    if (group) group.push(mark);
    else groups.push([mark]);
  }
  const moved = new Map(groups.flatMap((group) => group.map((mark, place) => [mark, group.length > 1 ? onRing(group, place, near) : mark])));
  return marks.map((mark) => /** @type {P} */ (moved.get(mark)));
}

/** @template {Point} P @param {P[]} group @param {number} place @param {number} near @returns {P} */
function onRing(group, place, near) {
  const turn = (2 * Math.PI * place) / group.length - Math.PI / 2;
  const radius = Math.max(near, (near * 1.4 * group.length) / Math.PI);
  return { ...group[place], x: group[0].x + radius * Math.cos(turn), y: group[0].y + radius * Math.sin(turn) };
}

/** Where each mark's label goes, or null where there is no room; the heaviest marks choose first.
 * @param {Mark[]} marks @param {Size} size @param {number} [tall] height of a label in pixels @param {Box[]} [taken] @returns {(LabelPlace | null)[]} */
export function placeLabels(marks, size, tall = 16, taken = []) {
  /** @type {(LabelPlace | null)[]} */
  const places = marks.map(() => null);
  /** @type {Box[]} */
  const boxes = [...taken, ...marks.map((mark) => ({ x: mark.x - mark.size, y: mark.y - mark.size, width: 2 * mark.size, height: 2 * mark.size }))];
  const order = marks.map((_, at) => at).sort((one, other) => marks[other].weight - marks[one].weight || one - other);
  for (const at of order) {
    const found = marks[at].text ? candidates(marks[at], tall).find(({ box }) => inside(box, size) && !boxes.some((other) => overlap(box, other))) : undefined;
    if (!found) continue;
    boxes.push(found.box);
    places[at] = found.place;
  }
  return places;
}

/** @param {Mark} mark @param {number} tall @returns {{place: LabelPlace, box: Box}[]} the best place first */
function candidates({ x, y, size, text }, tall) {
  const gap = size + 4;
  /** @param {number} left @param {number} middle @param {LabelPlace["anchor"]} anchor */
  const at = (left, middle, anchor) => ({
    place: { x: left, y: middle, anchor },
    box: { x: anchor === "start" ? left : anchor === "end" ? left - text : left - text / 2, y: middle - tall / 2, width: text, height: tall },
  });
  const up = y - gap - tall / 2 + 2;
  const down = y + gap + tall / 2 - 2;
  return [
    at(x + gap, y, "start"), at(x - gap, y, "end"), at(x, down, "middle"), at(x, up, "middle"),
    at(x + gap - 3, down - 3, "start"), at(x + gap - 3, up + 3, "start"), at(x - gap + 3, down - 3, "end"), at(x - gap + 3, up + 3, "end"),
  ];
}

/** @param {Box} one @param {Box} other */
export const overlap = (one, other) =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

/** @param {Box} box @param {Size} size */
const inside = (box, size) => box.x >= 2 && box.y >= 2 && box.x + box.width <= size.width - 2 && box.y + box.height <= size.height - 2;

/** Metres along the great circle. @param {Place} from @param {Place} to */
export function metresBetween(from, to) {
  const radians = Math.PI / 180;
  const half = (/** @type {number} */ a, /** @type {number} */ b) => Math.sin(((b - a) * radians) / 2) ** 2;
  const chord = half(from.latitude, to.latitude) + Math.cos(from.latitude * radians) * Math.cos(to.latitude * radians) * half(from.longitude, to.longitude);
  return (EARTH_METRES / Math.PI) * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** Whole minutes on foot, by the formula of displays/walking.py: the line times 1.3, at 80 metres a minute, rounded up. @param {number} metres */
export const walkingMinutes = (metres) => Math.max(1, Math.ceil(Math.round(metres * 1.3 * 1000) / 1000 / 80));
