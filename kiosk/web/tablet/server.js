/** Asks the server as this tablet: nothing of it stays in the browser's own cache, and a refusal of the tablet itself is told at once. */

const PATIENCE = 12000;

/** @param {{token: string, refused: () => void}} parts */
export function createServer({ token, refused }) {
  /** @param {string} path @param {RequestInit} [options] @returns {Promise<Response>} */
  async function ask(path, options = {}) {
    const headers = { Accept: 'application/json', Authorization: 'Bearer ' + token, ...options.headers };
    const answer = await fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE), ...options, headers });
    // In our own words only: a proxy that asks for a password must not make a tablet forget what it has not sent.
    if (answer.status === 401 && (answer.headers.get('Content-Type') || '').includes('problem+json')) refused();
    return answer;
  }

  /** @param {string} method @param {string} path @param {any} [body] @param {RequestInit} [options] */
  function tell(method, path, body, options = {}) {
    const content = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
    return ask(path, { method, ...content, ...options });
  }

  /** @param {string} path @returns {Promise<any>} the answer's content; rejects for any but a good one */
  async function read(path) {
    const answer = await ask(path);
    if (!answer.ok) throw new Error(path + ' answered ' + answer.status);
    return answer.json();
  }

  return { ask, tell, read };
}

/** @typedef {ReturnType<typeof createServer>} Server */
