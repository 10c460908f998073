// Says in words how good a new password is, while it is typed. The server has the last word.

const field = /** @type {HTMLInputElement} */ (document.getElementById("password"));
const line = /** @type {HTMLElement} */ (document.getElementById("strength"));
const advice = line.textContent ?? "";
const shortest = Number(field.dataset.shortest);

/** Bits that a guesser who knows our habits needs, very roughly: repeats and runs count little. @param {string} text */
export function bits(text) {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(text)).length;
  let fresh = 0;
  for (let i = 0; i < text.length; i++) {
    const step = text.charCodeAt(i) - text.charCodeAt(i - 1);
    fresh += i && (step === 0 || Math.abs(step) === 1) ? 0.25 : 1;
  }
  return Math.min(fresh, new Set(text).size * 1.6) * (2 + kinds * 0.7);
}

field.addEventListener("input", () => {
  const missing = shortest - field.value.length;
  if (!field.value) line.textContent = advice;
  else if (missing > 0) line.textContent = `${missing} more ${missing === 1 ? "character" : "characters"} at least.`;
  else if (bits(field.value) < 34) line.textContent = "Long enough, but easily guessed: make it longer, or less regular.";
  else line.textContent = bits(field.value) < 52 ? "Good." : "Very good.";
});
