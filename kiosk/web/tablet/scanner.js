/** Hears a barcode scanner that types like a keyboard, on any page: keys closer than any hand's, ended by Enter. What it types reaches no field. */

/** Between two keys of a scanner (ms), by the event's own time: a handler may run late. */
const APART = 50;
/** So many in a row are no hand's; until then a key goes where it was typed. */
const SURE = 3;
const SHORTEST = 6;
const LONGEST = 2000;
/** What seemed a scan and did not go on is given back to the field after this (ms): keys that are on their way may be held up. */
const LAPSE = 250;

/** @typedef {{key: string, at: number, repeat?: boolean, control?: boolean}} Press at: ms */
/** @typedef {{swallow: boolean, begins?: boolean, scan?: string, back?: string}} Verdict begins: what the first keys left in a field is to be undone;
 * back: this was no scan, give it to the field */

/** The judgement alone: pure, fed with presses and told when none came. */
export function createBurst() {
  let text = '';
  let swallowed = '';
  let last = -Infinity;

  /** @returns {string} what was kept from the field for nothing */
  function lapse() {
    const back = swallowed;
    text = swallowed = '';
    return back;
  }

  return {
    lapse,
    /** @param {Press} press @returns {Verdict} */
    press({ key, at, repeat, control }) {
      if (key === 'Shift' || key === 'Control' || key === 'CapsLock') return { swallow: false };
      const character = control && (key === ']' || key === '5') ? '\x1d' : control ? '' : key.length === 1 ? key : '';
      const close = at - last < APART;
      const back = close && !repeat ? '' : lapse();
      last = at;
      if (key === 'Enter') return ended(close, back);
      if (!character || repeat) return { swallow: false, back: back + lapse() };
      text = (text + character).slice(-LONGEST);
      if (text.length < SURE) return { swallow: false, back };
      const begins = text.length === SURE;
      swallowed = begins ? text : swallowed + character;
      return { swallow: true, begins };
    },
  };

  /** @param {boolean} close @param {string} back @returns {Verdict} */
  function ended(close, back) {
    const scan = text;
    if (close && scan.length >= SHORTEST) {
      lapse();
      return { swallow: true, scan };
    }
    return { swallow: false, back: back + lapse() };
  }
}

/**
 * Listen on a whole page. @param {Window} window @param {(text: string) => void} scanned @returns {() => void} stop listening
 */
export function listen(window, scanned) {
  const burst = createBurst();
  /** The field with what it held before the burst. @type {{field: any, value: string, from: number, to: number}|null} */
  let before = null;
  /** @type {any} */
  let timer = null;

  /** @param {KeyboardEvent} event */
  function heard(event) {
    if (event.isComposing || event.key === 'Process' || event.key === 'Unidentified') return;
    if (!timer) before = held(window.document.activeElement);
    clearTimeout(timer);
    const press = { key: event.key, at: event.timeStamp, repeat: event.repeat, control: event.ctrlKey && !event.altKey };
    const verdict = burst.press(press);
    if (verdict.back) give(verdict.back);
    if (verdict.begins) restore();
    if (verdict.swallow) { event.preventDefault(); event.stopImmediatePropagation(); }
    timer = verdict.scan ? null : setTimeout(lapsed, LAPSE);
    if (verdict.scan) scanned(verdict.scan);
  }

  function lapsed() {
    timer = null;
    const back = burst.lapse();
    if (back) give(back);
  }

  function restore() {
    if (!before) return;
    before.field.value = before.value;
    before.field.setSelectionRange(before.from, before.to);
    tell(before.field);
  }

  /** It was a quick hand after all. @param {string} text */
  function give(text) {
    const now = held(window.document.activeElement);
    if (!now) return;
    now.field.setRangeText(text, now.from, now.to, 'end');
    tell(now.field);
  }

  window.addEventListener('keydown', heard, true);
  return () => window.removeEventListener('keydown', heard, true);
}

/** @param {any} field */
function tell(field) {
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** @param {any} element @returns {{field: any, value: string, from: number, to: number}|null} */
function held(element) {
  if (!element || !/^(INPUT|TEXTAREA)$/.test(element.tagName) || element.selectionStart == null) return null;
  return { field: element, value: element.value, from: element.selectionStart, to: element.selectionEnd };
}
