/** Passkeys in the browser: the server's JSON to what the authenticator takes, and what it says back to JSON. */

/** @typedef {{id: string, type: string, transports?: string[]}} Descriptor */

/** Whether this page may use passkeys: the server's address allows it, and the browser knows them. @param {HTMLElement} page @returns {boolean} */
export function canSign(page) {
  return page.hasAttribute('data-passkeys') && typeof PublicKeyCredential !== 'undefined' && Boolean(navigator.credentials);
}

/** Make a passkey. @param {any} options @returns {Promise<any>} null where the shopper thought better of it */
export async function create(options) {
  const user = { ...options.user, id: bytes(options.user.id) };
  const publicKey = { ...options, challenge: bytes(options.challenge), user, excludeCredentials: (options.excludeCredentials || []).map(named) };
  return said(await quietly(() => navigator.credentials.create({ publicKey })));
}

/** Sign in with one. @param {any} options @returns {Promise<any>} null where the shopper thought better of it, or has none */
export async function get(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: (options.allowCredentials || []).map(named) };
  return said(await quietly(() => navigator.credentials.get({ publicKey })));
}

/** @param {() => Promise<Credential|null>} call @returns {Promise<Credential|null>} */
async function quietly(call) {
  try {
    return await call();
  } catch (error) {
    // To close the browser's own window is an answer; that this device holds one already is another.
    if (error instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(error.name)) return null;
    throw error;
  }
}

/** @param {Credential|null} credential @returns {any} */
function said(credential) {
  if (!(credential instanceof PublicKeyCredential)) return null;
  /** @type {Record<string, string>} */
  const response = {};
  for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    const value = /** @type {any} */ (credential.response)[name];
    if (value) response[name] = text(value);
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} };
}

/** @param {Descriptor} one */
function named(one) {
  return { type: /** @type {const} */ ('public-key'), id: bytes(one.id) };
}

/** @param {string} base64url @returns {Uint8Array<ArrayBuffer>} */
export function bytes(base64url) {
  const plain = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** @param {ArrayBuffer} buffer @returns {string} base64url */
export function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
