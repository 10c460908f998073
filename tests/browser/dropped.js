// The declarations and selectors in the page's own style sheets that this browser drops without a word: what a test of the oldest one reads.
(async () => {
  const sheets = [...document.styleSheets].map((sheet) => sheet.href).filter(Boolean);
  const texts = await Promise.all(sheets.map(async (address) => (await fetch(address)).text()));
  const bare = texts.join('\n').replace(/\/\*[^]*?\*\//g, '').replace(/@font-face\s*{[^}]*}/g, '').replace(/@(property|keyframes)[^{]*{([^{}]*{[^}]*})*[^}]*}/g, '');
  const dropped = [];
  for (const [, before, sign] of bare.matchAll(/([^{};]*)([{};])/g)) {
    const piece = before.trim();
    const colon = piece.indexOf(':');
    if (!piece || piece.startsWith('@')) continue;
    if (sign === '{') { if (!takes(piece)) dropped.push(piece); }
    else if (colon > 0 && !CSS.supports(piece.slice(0, colon), piece.slice(colon + 1).replace('!important', ''))) dropped.push(piece);
  }
  return [sheets.length, [...new Set(dropped)]];

  /** One selector that it does not know makes it drop the whole rule. */
  function takes(selectors) {
    try { return new CSSStyleSheet().insertRule(selectors + '{}') === 0; } catch { return false; }
  }
})()
