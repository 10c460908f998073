/** How far stores are from where the shopper stands, and the way there: reckoned on the phone, so that the position never leaves it. Pure. */

/** @typedef {{latitude: number, longitude: number}} Position WGS 84 degrees */
/** @typedef {{id: string, name: string, address: string, latitude: number|null, longitude: number|null, time_zone: string, hours: any, exceptions: any}} Store */
/** @typedef {Store & {metres?: number}} Placed a store with its distance as the crow flies, where the position is known */

const EARTH = 6371008.8;
/** As catalog/walking.py has it: streets do not run straight, and people walk 80 metres a minute. */
const DETOUR = 1.3;
const METRES_A_MINUTE = 80;
/** Farther than this nobody walks; then only the distance is said. */
const LONGEST_WALK = 45;

/** @param {Position} from @param {Position} to @returns {number} metres along the great circle */
export function metres(from, to) {
  const rad = Math.PI / 180;
  const half = (/** @type {number} */ a, /** @type {number} */ b) => Math.sin(((b - a) * rad) / 2) ** 2;
  const chord = half(from.latitude, to.latitude) + Math.cos(from.latitude * rad) * Math.cos(to.latitude * rad) * half(from.longitude, to.longitude);
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** @param {number} away metres @returns {number|null} whole minutes on foot; null where nobody walks */
export function minutes(away) {
  const walk = Math.max(1, Math.ceil((away * DETOUR) / METRES_A_MINUTE - 1e-9));
  return walk > LONGEST_WALK ? null : walk;
}

/** The stores that are nearest, the nearest first; one without a place is never near. @param {Store[]} stores @param {Position} from @param {number} most @returns {Placed[]} */
export function nearest(stores, from, most) {
  return stores
    .flatMap((store) => (store.latitude === null || store.longitude === null ? [] : [{ ...store, metres: Math.round(metres(from, /** @type {Position} */ (store))) }]))
    .sort((a, b) => a.metres - b.metres || (a.id < b.id ? -1 : 1))
    .slice(0, most);
}

/**
 * The address that opens the way to a store: in whatever app for maps the phone has where it can be told so (geo: on Android, maps: on iPhones and
 * iPads), so that nobody learns of it whom the shopper has not chosen; elsewhere a page of OpenStreetMap.
 * @param {Store} store @param {string} agent what the browser calls itself @returns {string} empty where the store has no place
 */
export function directions({ latitude, longitude, name }, agent) {
  if (latitude === null || longitude === null) return '';
  const spot = `${latitude},${longitude}`;
  if (/Android/i.test(agent)) return `geo:${spot}?q=${spot}(${encodeURIComponent(name)})`;
  if (/iPhone|iPad|iPod/.test(agent)) return `maps:?daddr=${spot}&q=${encodeURIComponent(name)}`;
  return `https://www.openstreetmap.org/directions?to=${encodeURIComponent(spot)}`;
}
