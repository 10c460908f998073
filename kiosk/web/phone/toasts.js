/** Short words at the foot of the page, some with a way back; they go by themselves, but not while somebody is on their button. */

import { html, nothing } from '../../../vendor/lit-html/lit-html.js';
import { repeat } from '../../../vendor/lit-html/directives/repeat.js';

/** @typedef {{id: number, words: string, label: string, act: () => void}} Toast */

const LIFE = 8000;
const MOST = 2;

/** @param {{changed: () => void}} parts */
export function createToasts(parts) {
  /** @type {Toast[]} */
  let standing = [];
  let last = 0;

  /** @param {string} words @param {string} [label] of the button @param {() => void} [act] */
  function say(words, label = '', act = () => undefined) {
    const id = (last += 1);
    standing = [...standing, { id, words, label, act }].slice(-MOST);
    setTimeout(() => leave(id), LIFE);
    parts.changed();
  }

  /** @param {number} id */
  function leave(id) {
    if (document.activeElement instanceof HTMLElement && document.activeElement.dataset.toast === String(id)) {
      setTimeout(() => leave(id), LIFE);
      return;
    }
    drop(id);
  }

  /** @param {number} id */
  function drop(id) {
    standing = standing.filter((toast) => toast.id !== id);
    parts.changed();
  }

  /** @param {Toast} toast */
  function act(toast) {
    drop(toast.id);
    toast.act();
  }

  return {
    say,
    /** What was said was of something that is nobody's here any more, and so is its way back. */
    clear() { standing = []; },
    view: () => html`<div class="toasts" role="status" aria-live="polite">${repeat(standing, ({ id }) => id, (toast) => html`<div class="toast">
      <p>${toast.words}</p>${toast.label ? html`<button type="button" data-toast=${toast.id} @click=${() => act(toast)}>${toast.label}</button>` : nothing}
    </div>`)}</div>`,
  };
}
