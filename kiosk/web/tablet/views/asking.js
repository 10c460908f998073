/** What lies over everything while it is asked or awaited: the code for a phone, somebody's help, whether anybody is still there. */

import { html, nothing, svg } from '../../../../vendor/lit-html/lit-html.js';
import { n, t } from '../../shared/words.js';
import { check, close, cloud, person, phone } from '../parts/icons.js';
import { properties } from '../parts/room.js';

/** @typedef {import('../glass.js').Scene} Scene */

/** @param {Scene} scene */
export function asking(scene) {
  const { state } = scene;
  return html`${state.taking ? taking(scene) : nothing}${state.calling ? calling(scene) : nothing}${state.presence.state === 'asking' ? stillThere(scene) : nothing}`;
}

// -- take it with me ----------------------------------------------------------------------------------------------

/** @param {Scene} scene */
function taking(scene) {
  const { state, act } = scene;
  return html`<div class="over" role="dialog" aria-modal="true" aria-labelledby="taking">
    <div class="sheet take">${step(scene)}
      <button class="round sheet-close" aria-label=${t('Close')} @click=${act.closeTaking}>${close()}</button></div></div>`;
}

/** @param {Scene} scene */
function step(scene) {
  const { state } = scene;
  const visit = state.kiosk.visit;
  const ticket = visit?.ticket;
  const newer = ['fetching', 'shown'].includes(state.code?.phase || '');
  if (state.online && ticket?.state === 'asked') return digits(scene, ticket.number);
  if (state.online && visit?.taken_at && !newer) return taken(scene);
  if (state.online && ticket?.state === 'contested' && !newer) return refusedStep(scene, t('Two phones opened this code'), t('So neither of them got your bag. Show a new code, and shield the tablet with your hand.'));
  if (state.online && ticket?.state === 'refused' && !newer && state.code?.phase !== 'failed') return refusedStep(scene, t('No phone has your bag'), t('The number was not the right one, or it was not your phone. Nothing was given away.'));
  if (!state.online || state.code?.phase === 'offline') return offline(scene);
  if (state.code?.phase === 'failed') return refusedStep(scene, t('The code could not be made just now'), t('Your bag is as it was. Try it again in a moment.'));
  return code(scene);
}

/** @param {Scene} scene */
function code({ state, clock }) {
  const shown = state.code?.phase === 'shown' ? state.code : null;
  const left = shown ? Math.max(0, Math.ceil((shown.until - clock.monotonic()) / 1000)) : 0;
  return html`<div class="take-code">${shown ? html`<img class="qr" src=${'data:image/svg+xml,' + encodeURIComponent(shown.svg)} alt=${t('A code for the camera of your phone')}>` : html`<span class="qr qr-skeleton"></span>`}</div>
    <div class="take-words"><h2 id="taking" tabindex="-1" data-first>${t('Take it with me')}</h2>
      <ol class="steps"><li>${t('Open the camera of your phone.')}</li><li>${t('Point it at the code and open the link.')}</li><li>${t('Pick the number that you will see here.')}</li></ol>
      <p class="soft">${t('Nothing to type, nothing to install.')}</p>
      <p class="left">${ring(left / 116)}<span>${shown ? t('A new code comes in {time}', { time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}` }) : t('One moment')}</span></p>${shown?.address && demo ? phoneWindow(shown.address) : nothing}</div>`;
}

/** Whether this is the demo, whose shopper may have no phone at hand. */
const demo = typeof document !== 'undefined' && document.documentElement.hasAttribute('data-demo');

/** @param {string} address */
function phoneWindow(address) {
  /** @param {Event} event */
  const open = (event) => { if (window.open(address, 'phone', 'popup,width=390,height=844')) event.preventDefault(); };
  return html`<p><a class="plain" href=${address} target="phone" @click=${open}>${phone()}${t('Open this phone in a window')}</a></p>`;
}

/** @param {number} part 0 to 1 */
function ring(part) {
  return html`<svg class="ring" viewBox="0 0 36 36" aria-hidden="true">${svg`<circle class="ring-all" cx="18" cy="18" r="15" pathLength="100"/><circle class="ring-left" cx="18" cy="18" r="15" pathLength="100" ${properties({ 'stroke-dashoffset': 100 - Math.round(part * 100) })}/>`}</svg>`;
}

/** @param {Scene} scene @param {number} number */
function digits({ act }, number) {
  return html`<div class="take-digits"><h2 id="taking">${t('Is this your phone?')}</h2>
    <p class="digits" aria-label=${t('The number {n}', { n: number })}>${number}</p>
    <p class="large">${t('Pick {n} on it.', { n: number })}</p>
    <button class="second" data-first @click=${act.notMyPhone}>${t('Not my phone')}</button></div>`;
}

/** @param {Scene} scene */
function taken({ act }) {
  return html`<div class="take-done"><span class="seal">${check()}</span><h2 id="taking">${t('A phone has your bag')}</h2>
    <p class="large">${t('Whatever you add here is on it at once, and the other way round.')}</p>
    <div class="row"><button class="primary" data-first @click=${act.closeTaking}>${t('Go on looking')}</button><button class="second" @click=${act.done}>${t('Done, clear this tablet')}</button></div>
    <button class="plain" @click=${act.notMyPhone}>${t('Not my phone? Take it back')}</button></div>`;
}

/** @param {Scene} scene @param {string} title @param {string} words */
function refusedStep({ act }, title, words) {
  return html`<div class="take-done"><span class="seal">${phone()}</span><h2 id="taking">${title}</h2><p class="large">${words}</p>
    <div class="row"><button class="primary" data-first @click=${act.take}>${t('Show a new code')}</button></div></div>`;
}

/** @param {Scene} scene */
function offline({ state, act }) {
  return html`<div class="take-done"><span class="seal">${cloud()}</span><h2 id="taking">${t('A phone can take it when the network is back')}</h2>
    <p class="large">${t('This tablet is cut off just now. It goes on trying, and the code appears here by itself.')}</p>
    <p class="soft">${state.bag.length ? t('Your bag stays whole meanwhile. If you cannot wait, ask somebody in the store: nothing you collected is lost when the tablet is cleared, but only a phone that took the bag before can find it.') : t('You can go on looking meanwhile.')}</p>
    <div class="row"><button class="primary" data-first @click=${act.closeTaking}>${t('Go on looking')}</button></div></div>`;
}

// -- ask someone --------------------------------------------------------------------------------------------------

/** @param {Scene} scene */
function calling(scene) {
  const { act } = scene;
  return html`<div class="over over-small" role="dialog" aria-modal="true" aria-labelledby="calling"><div class="sheet call">
    ${called(scene)}<button class="round sheet-close" aria-label=${t('Close')} @click=${act.closeCalling}>${close()}</button></div></div>`;
}

/** @param {Scene} scene */
function called({ state, act }) {
  const call = state.kiosk.visit?.call;
  if (!state.online && !call) return html`<span class="seal">${cloud()}</span><h2 id="calling">${t('Please wave to somebody')}</h2><p class="large">${t('This tablet is cut off from the network just now, so it cannot call anybody. People in the store are glad to help.')}</p><button class="primary" data-first @click=${act.closeCalling}>${t('Go on looking')}</button>`;
  if (call?.answered_by) return html`<span class="seal">${check()}</span><h2 id="calling">${t('{name} is coming', { name: call.answered_by })}</h2><p class="large">${t('They know where this tablet stands, and what is in your bag.')}</p><button class="primary" data-first @click=${act.closeCalling}>${t('Go on looking')}</button>`;
  return html`<span class="seal calling-seal">${person()}</span><h2 id="calling">${call || state.asked ? t('Somebody is being called') : t('Nobody could be called just now')}</h2>
    <p class="large">${call || state.asked ? t('You can go on looking. The tablet tells you who is coming.') : t('Try it again in a moment, or wave to somebody.')}</p>
    <div class="row"><button class="primary" data-first @click=${act.closeCalling}>${t('Go on looking')}</button><button class="second" @click=${act.cancelCall}>${t('Nobody needs to come')}</button></div>`;
}

// -- still there? -------------------------------------------------------------------------------------------------

/** @param {Scene} scene */
function stillThere({ state, act }) {
  const { left } = state.presence;
  const whole = state.kiosk.grace_seconds || 15;
  return html`<div class="over over-idle" @pointerup=${(/** @type {Event} */ event) => { if (!(/** @type {Element} */ (event.target).closest('button'))) act.stay(); }} role="alertdialog" aria-modal="true" aria-labelledby="still" aria-describedby="still-why"><div class="sheet still">
    <div class="still-count" aria-hidden="true">${ring(left / whole)}<span>${left}</span></div>
    <h2 id="still">${t('Still there?')}</h2>
    <p class="large" id="still-why">${state.bag.length && !state.kiosk.visit?.taken_at ? t('Take your time. Otherwise this tablet forgets your bag, so that nobody after you sees it.') : t('Take your time. Otherwise this tablet is made ready for whoever comes next.')}</p>
    <p class="sr" role="status">${left === whole || left === 5 ? n('{n} second left', '{n} seconds left', left) : ''}</p>
    <div class="row"><button class="primary primary-large" data-first @click=${act.stay}>${t('Yes, I’m still here')}</button><button class="second" @click=${act.done}>${t('Done, clear this tablet')}</button></div>
  </div></div>`;
}
