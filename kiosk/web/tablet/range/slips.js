/** What somebody may have meant who typed a word that is none: as the server takes slips, so that a tablet without a network finds the same. Pure. */

const ONE = 4;
const TWO = 8;

/** @param {string} typed a word @param {Iterable<string>} words those there are @returns {string[]} those that are one slip away, of a long word two */
export function slipped(typed, words) {
  const most = typed.length < ONE ? 0 : typed.length < TWO ? 1 : 2;
  if (!most) return [];
  return [...words].filter((word) => {
    if (Math.abs(word.length - typed.length) > most) return false;
    const apart = slips(typed, word, most);
    return apart <= most && (apart < 2 || word[0] === typed[0]);
  });
}

/** A letter wrong, left out, put in, or two in the wrong order count one each. @param {string} one @param {string} other @param {number} most
 * @returns {number} more than `most` as soon as it is known to be more */
function slips(one, other, most) {
  let older = /** @type {number[]} */ ([]);
  let before = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      row[j] = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + Number(one[i - 1] !== other[j - 1]));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) row[j] = Math.min(row[j], older[j - 2] + 1);
    }
    if (Math.min(...row) > most) return most + 1;
    older = before;
    before = row;
  }
  return before[other.length];
}
