/** Asks the server as a page of this site: JSON both ways, and an answer always, also where there is no network. */

const PATIENCE = 15000;

/** @typedef {{status: number, body: any}} Answer status 0: nothing was heard, and whether it was done is not known */

/** @param {string} method @param {string} path @param {any} [body] @returns {Promise<Answer>} */
export async function ask(method, path, body) {
  /** @type {RequestInit} */
  const how = { method, cache: 'no-store', headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(PATIENCE) };
  if (body !== undefined) {
    how.body = JSON.stringify(body);
    how.headers = { ...how.headers, 'Content-Type': 'application/json' };
  }
  try {
    const answer = await fetch(path, how);
    return { status: answer.status, body: await answer.json().catch(() => null) };
  } catch {
    return { status: 0, body: null };
  }
}
