/** The way in: an address, then six digits from the mail; or a passkey. What goes wrong is said beside the field. */

import { html, nothing } from '../../../vendor/lit-html/lit-html.js';
import { live } from '../../../vendor/lit-html/directives/live.js';
import { ask } from '../phone/ask.js';
import { icon } from '../phone/icons.js';
import { n, t } from '../shared/words.js';
import { get } from './passkeys.js';

const DIGITS = 6;

/**
 * @param {{mail: string, keys: boolean, changed: () => void, entered: (body: any) => void}} parts `mail` is 'smtp', 'console' (of a demo), or nothing where
 * none is sent; `entered` is told what the server said to whoever signed in
 */
export function createSigning({ mail, keys, changed, entered }) {
  let step = /** @type {'address'|'code'} */ ('address');
  let email = '';
  let code = '';
  let wrong = '';
  /** Of what went wrong with the passkey: it has no field. */
  let refused = '';
  let busy = '';
  /** What the bag of this browser holds. */
  let things = 0;
  let lost = false;
  /** The field that is to have the focus once it is there. */
  let wanted = '';

  /** @param {string} what @param {string} field @param {() => Promise<import('../phone/ask.js').Answer>} call */
  async function send(what, field, call) {
    if (busy) return null;
    busy = what;
    wrong = refused = '';
    changed();
    const answer = await call();
    busy = '';
    if (answer.status !== 200) {
      wrong = sorry(answer);
      wanted = field;
    }
    changed();
    return answer;
  }

  /** @param {Event} event */
  async function askForCode(event) {
    event.preventDefault();
    await sendCode();
  }

  async function sendCode() {
    if (!/.@./.test(email.trim())) {
      wrong = t('Type your e-mail address, such as name@example.com.');
      wanted = 'email';
      changed();
      return;
    }
    const answer = await send('asking', step === 'code' ? 'code' : 'email', () => ask('POST', '/api/sign-in', { email: email.trim() }));
    if (answer?.status === 200) {
      [step, code, wanted] = ['code', '', 'code'];
      email = answer.body.email;
      changed();
    }
  }

  /** @param {Event} [event] */
  async function typeCode(event) {
    event?.preventDefault();
    if (code.length !== DIGITS) {
      wrong = t('The code has six digits.');
      wanted = 'code';
      changed();
      return;
    }
    const answer = await send('entering', 'code', () => ask('POST', '/api/sign-in/code', { code }));
    if (answer?.status === 200) entered(answer.body);
  }

  /** @param {Event} event */
  function typed(event) {
    const field = /** @type {HTMLInputElement} */ (event.target);
    const before = code;
    code = field.value.normalize('NFKC').replace(/\D/g, '').slice(0, DIGITS);
    if (field.value !== code) field.value = code;
    if (code !== before) wrong = '';
    changed();
    if (code.length === DIGITS && code !== before) typeCode();
  }

  async function useKey() {
    if (busy) return;
    busy = 'key';
    wrong = refused = '';
    changed();
    refused = await tryKey();
    busy = '';
    changed();
  }

  /** @returns {Promise<string>} what went wrong, in words */
  async function tryKey() {
    const challenge = await ask('POST', '/api/sign-in/passkey-challenge');
    if (challenge.status !== 200) return sorry(challenge);
    let credential;
    try {
      credential = await get(challenge.body);
    } catch {
      return t('This browser could not use a passkey here. Sign in by mail instead.');
    }
    if (!credential) return t('No passkey was used. If this phone has none for us yet, sign in by mail and add one.');
    const answer = await ask('POST', '/api/sign-in/passkey', { credential });
    if (answer.status !== 200) return sorry(answer);
    entered(answer.body);
    return '';
  }

  async function lookAtBag() {
    const { status, body } = await ask('GET', '/api/bag');
    if (status !== 200) return;
    lost = body.lost_because === 'claimed';
    if (body.bag) {
      const topic = await ask('GET', `/api/topics/bag:${body.bag}?as=shopper`);
      things = topic.status === 200 && topic.body.doc.items ? topic.body.doc.items.length : 0;
    }
    changed();
  }

  function askAddress() {
    return html`<form class="stack way-in" novalidate @submit=${askForCode}>
      <label class="field"><span>${t('E-mail address')}</span>
        <input id="email" type="email" inputmode="email" autocomplete="email" autocapitalize="none" spellcheck="false" maxlength="254" .value=${live(email)}
          aria-invalid=${wrong ? 'true' : nothing} aria-describedby="wrong" @input=${(/** @type {Event} */ event) => { email = /** @type {HTMLInputElement} */ (event.target).value; }}>
        <p class="wrong" id="wrong" role="alert">${wrong}</p></label>
      <button class="button button-wide" aria-disabled=${busy === 'asking'}>${busy === 'asking' ? t('Sending') : t('Send me a code')}</button>
      ${mail === 'console' ? html`<p class="small soft">${t('This is a demo: the mail goes to the console, under Mail.')}</p>` : nothing}
    </form>`;
  }

  function askCode() {
    return html`<h1 id="heading">${t('Look in your mail')}</h1>
      <p class="lede">${t('Six digits are on their way to {email}. They are good for 10 minutes, in this browser alone.', { email })}</p>
      <form class="stack way-in" novalidate @submit=${typeCode}>
        <label class="field"><span>${t('Code')}</span>
          <input id="code" class="digits" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]*" placeholder="······" .value=${live(code)} @input=${typed}
            aria-invalid=${wrong ? 'true' : nothing} aria-describedby="wrong">
          <p class="wrong" id="wrong" role="alert">${wrong}</p></label>
        <button class="button button-wide" aria-disabled=${busy === 'entering'}>${busy === 'entering' ? t('Signing in') : t('Sign in')}</button>
      </form>
      <p class="ways-back"><button class="link" type="button" @click=${sendCode}>${busy === 'asking' ? t('Sending') : t('Send a new code')}</button>
        <button class="link" type="button" @click=${other}>${t('Use another address')}</button></p>
      ${mail === 'console' ? html`<p class="small soft">${t('This is a demo: the mail goes to the console, under Mail.')}</p>`
        : html`<p class="small soft">${t('Nothing there after a minute? Look among the unwanted mail.')}</p>`}`;
  }

  function other() {
    [step, wrong, wanted] = ['address', '', 'email'];
    changed();
  }

  function why() {
    if (lost) return html`<p class="note">${t('Somebody signed in with the bag that this browser had. Sign in to that account to see it.')}</p>`;
    if (things) return html`<p class="lede">${n('What is in your bag comes along: one thing.', 'What is in your bag comes along: {n} things.', things)}</p>`;
    return html`<p class="lede">${t('Your bag, on every phone and tablet, on every later day. No password.')}</p>`;
  }

  function closed() {
    return html`<p class="note">${keys ? t('No mail is sent from here yet, so no code can reach you. A passkey works, if this phone has one for us.')
      : t('Nobody can sign in here yet: no mail is sent from here. Your bag is safe in this browser.')}</p>`;
  }

  function entrance() {
    return html`<h1 id="heading">${t('Sign in')}</h1>
      ${why()}
      ${mail ? askAddress() : closed()}
      ${keys ? html`${mail ? html`<p class="or"><span>${t('or')}</span></p>` : nothing}
        <button class="button button-line button-wide" type="button" aria-disabled=${busy === 'key'} @click=${useKey}>${icon('key')}${t('Use a passkey')}</button>
        <p class="wrong" role="alert">${refused}</p>` : nothing}
      <p class="small soft promise">${t('An account is your e-mail address and your bag. You see all that is held of it, and can erase it whenever you like.')}</p>`;
  }

  return {
    begin() {
      [step, code, wrong, refused, busy, things, lost] = ['address', '', '', '', '', 0, false];
      lookAtBag();
    },
    view: () => (step === 'code' ? askCode() : entrance()),
    /** After it was drawn: give the focus to where something is to be typed. */
    settle() {
      const field = wanted ? /** @type {HTMLInputElement|null} */ (document.getElementById(wanted)) : null;
      if (!field) return;
      wanted = '';
      field.focus();
      field.select();
    },
  };
}

/** @param {import('../phone/ask.js').Answer} answer @returns {string} */
export function sorry({ status, body }) {
  if (status === 0) return t('No network just now. Nothing is lost: try again when you have one.');
  return (body && body.detail) || t('That did not work. Try again in a moment.');
}
