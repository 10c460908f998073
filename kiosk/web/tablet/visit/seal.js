/** Seals what a shopper did so that only the server can open it: ECIES of P-256, HKDF-SHA256 and AES-256-GCM, bound to this tablet. */

/** @typedef {{id: string, key: string}} SealingKey key: a raw P-256 point, base64 */
/** @typedef {{key: string, epk: string, iv: string, data: string}} Box base64 but for the key's id */

const INFO = new TextEncoder().encode('vitrine sealed visit 1');
const CURVE = { name: 'ECDH', namedCurve: 'P-256' };

/** @param {SealingKey} to @param {any} content becomes JSON @param {string} tablet device id @returns {Promise<Box>} */
export async function seal(to, content, tablet) {
  const theirs = await crypto.subtle.importKey('raw', bytes(to.key), CURVE, false, []);
  const own = /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey(CURVE, false, ['deriveBits']));
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: theirs }, own.privateKey, 256);
  const material = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: INFO };
  const key = await crypto.subtle.deriveKey(derivation, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt']);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(content));
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(tablet) }, key, plain);
  const point = await crypto.subtle.exportKey('raw', own.publicKey);
  return { key: to.id, epk: text(point), iv: text(iv), data: text(data) };
}

/** @param {string} base64 @returns {Uint8Array<ArrayBuffer>} */
function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** @param {ArrayBuffer|Uint8Array} raw @returns {string} base64 */
function text(raw) {
  return btoa(Array.from(new Uint8Array(raw), (byte) => String.fromCharCode(byte)).join(''));
}
