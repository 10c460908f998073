// What on this page a finger cannot well touch: less than 56 px wide or high, beyond the edge of the glass, or under something
// else: what matters most as the page stands, the rest wherever it is scrolled to.
(() => {
  const LEAST = 56;
  const wrong = [];
  const front = [...document.querySelectorAll('.over')].pop() || document;
  const view = document.querySelector('.view');
  const top = view && view.scrollTop;
  const name = (one) => `${one.className || one.tagName} ${(one.getAttribute('aria-label') || one.innerText || '').slice(0, 60)}`;

  function small(one) {
    const { width, height } = one.getBoundingClientRect();
    if (Math.min(width, height) < LEAST) wrong.push(`${name(one)}: ${width} × ${height}`);
  }

  function beyond(one) {
    const box = one.getBoundingClientRect();
    const wide = !one.closest('.strip') && (box.left < 0 || box.right > innerWidth);
    const high = !one.closest('.view, .sheet') && (box.top < 0 || box.bottom > innerHeight);
    if (wide || high) wrong.push(`${name(one)}: beyond the edge`);
  }

  function covered(one) {
    const box = one.getBoundingClientRect();
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    // What is told for eight seconds may lie over it.
    if (hit && !one.contains(hit) && !hit.closest('.toast')) wrong.push(`${name(one)}: under ${name(hit)}`);
  }

  function scrolledOut(one) {
    const box = one.getBoundingClientRect();
    return view && view.contains(one) && box.bottom > view.getBoundingClientRect().bottom;
  }

  const touched = [...front.querySelectorAll('a[href], button, input, [tabindex="0"]')].filter((one) => one.checkVisibility());
  for (const one of touched) { small(one); beyond(one); }
  for (const one of touched) if (one.matches('.primary') && !scrolledOut(one)) covered(one);
  for (const one of touched) {
    one.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    covered(one);
  }
  if (view) view.scrollTop = top;
  if (document.documentElement.scrollWidth > innerWidth) wrong.push('the page is wider than the glass');
  return [touched.length > 0, wrong];
})();
