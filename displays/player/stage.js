/** The glass: layers stacked over the slate. A card is decoded out of sight, dissolves in over the last one, and only then does the last one go. */

const DISSOLVE = 600;
const CUT = 160;

/** @typedef {{layer: HTMLElement, card: any}} Prepared */
/** @typedef {{width: number, height: number}} Size */

/**
 * @param {HTMLElement} root an element that fills the page @param {{window: Window}} parts
 */
export function createStage(root, parts) {
  const { window } = parts;
  let rotation = 0;
  /** @type {Size} */
  let size = { width: 0, height: 0 };
  /** What can be seen, lowest first. @type {HTMLElement[]} */
  let shown = [];

  measure();

  /** Lay the stage out for the window and the rotation; sizes in cards are in --u, a hundredth of the short side.
   * @returns {boolean} whether it changed */
  function measure() {
    const turned = rotation % 180 !== 0;
    const { innerWidth, innerHeight } = window;
    const width = turned ? innerHeight : innerWidth;
    const height = turned ? innerWidth : innerHeight;
    const changed = width !== size.width || height !== size.height;
    size = { width, height };
    root.style.setProperty('width', width + 'px');
    root.style.setProperty('height', height + 'px');
    root.style.setProperty('--u', Math.min(width, height) / 100 + 'px');
    root.style.setProperty('transform', 'translate(-50%, -50%) rotate(' + rotation + 'deg)');
    return changed;
  }

  /** Two frames: one to lay out, one to paint. */
  function painted() {
    return new Promise((resolve) => {
      // A hidden page gets no frames; there is nobody to see a flash either.
      const late = setTimeout(resolve, 250);
      window.requestAnimationFrame(() => window.requestAnimationFrame(() => { clearTimeout(late); resolve(undefined); }));
    });
  }

  /** Resolves when a layer's dissolve has ended, or must have. @param {HTMLElement} layer @param {number} ms @returns {Promise<void>} */
  function over(layer, ms) {
    return new Promise((resolve) => {
      const late = setTimeout(resolve, ms * 2);
      layer.addEventListener('transitionend', (event) => {
        if (event.target === layer) { clearTimeout(late); resolve(); }
      });
    });
  }

  /** @param {HTMLElement} layer */
  function free(layer) {
    // An <img> out of the document may hold its pixels until it is collected: take the source away.
    Array.from(layer.querySelectorAll('img')).forEach((image) => image.removeAttribute('src'));
    layer.remove();
  }

  return {
    /** @returns {Size} */
    size: () => size,
    measure,
    /** @param {number} degrees clockwise: 0, 90, 180, 270 @returns {boolean} whether the stage's proportions changed */
    rotate(degrees) {
      rotation = [90, 180, 270].indexOf(degrees) >= 0 ? degrees : 0;
      return measure();
    },
    /** @returns {HTMLElement} a layer that is laid out and decoded like a visible one but can't be seen */
    layer() {
      const layer = window.document.createElement('div');
      layer.className = 'layer layer-waiting';
      root.appendChild(layer);
      return layer;
    },
    free,
    /**
     * Bring a decoded layer up. Resolves when it alone is left.
     * @param {HTMLElement} layer @param {{cut?: boolean}} [how] cut: for a card that must go now
     * @returns {Promise<void>}
     */
    show(layer, how) {
      const ms = how && how.cut ? CUT : DISSOLVE;
      const beneath = shown;
      shown = beneath.concat(layer);
      root.appendChild(layer);
      return painted().then(() => {
        layer.style.setProperty('transition', 'opacity ' + ms + 'ms ease-in-out');
        layer.classList.remove('layer-waiting');
        return over(layer, ms);
      }).then(() => {
        // However late the browser is with its frames: only a card that is wholly there may lose what lies beneath it.
        layer.style.setProperty('transition', 'none');
        return painted();
      }).then(() => {
        // Only what lay beneath goes; a layer that came meanwhile lies above and stays.
        beneath.forEach((old) => { if (old !== layer) free(old); });
        shown = shown.filter((other) => beneath.indexOf(other) < 0);
      });
    },
    /** Take a layer away now, whatever comes out beneath: the last card, else the slate. @param {HTMLElement} layer */
    drop(layer) {
      shown = shown.filter((other) => other !== layer);
      free(layer);
    },
    /** Show the slate alone, by a dissolve. @returns {Promise<void>} */
    clear() {
      const gone = shown;
      shown = [];
      gone.forEach((layer) => {
        layer.style.setProperty('transition', 'opacity ' + CUT + 'ms linear');
        layer.classList.add('layer-waiting');
      });
      return new Promise((resolve) => { setTimeout(resolve, CUT + 50); }).then(() => { gone.forEach(free); });
    },
  };
}
