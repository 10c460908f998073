/** Names that no other device makes: UUIDs, also on an address without TLS, where browsers have no crypto.randomUUID. */

/** @param {Pick<Crypto, 'getRandomValues'> & {randomUUID?: () => string}} [source] @returns {string} a UUID, version 4 */
export function uuid(source = crypto) {
  if (source.randomUUID) return source.randomUUID();
  const bytes = source.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
