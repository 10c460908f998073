/** Decides in which class of proportions a stage lies: pure. */

/** @type {Array<[string, number]>} */
const CLASSES = ['21:9', '16:9', '16:10', '4:3', '1:1', '3:4', '10:16', '9:16', '9:21'].map((name) => {
  const [wide, high] = name.split(':').map(Number);
  return /** @type {[string, number]} */ ([name, wide / high]);
});

/** @param {number} width @param {number} height @returns {string} the nearest class, by the ratio of ratios */
export function aspectOf(width, height) {
  const distance = (/** @type {number} */ ratio) => Math.abs(Math.log(width / height / ratio));
  return CLASSES.slice().sort((a, b) => distance(a[1]) - distance(b[1]))[0][0];
}
