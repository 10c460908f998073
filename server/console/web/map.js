// Draws maps of stores and screens into [data-chart]: no tiles, nothing from outside, all in page coordinates.
//
// <section data-chart data-places='[{"id","kind","name","latitude","longitude","href","state","radius"}]'>
//   data-sets="f-latitude f-longitude"  a click (or Enter: the middle) writes the place into these fields, and follows them
//   data-range="f-range_minutes"        minutes of walking range of the place being set
// Keys while it has the focus: arrows move, + and - zoom, 0 shows all, Enter sets the middle.

import { fit, fromScreen, graticule, metresBetween, pan, pixelsPerMetre, placeLabels, regions, scaleBar, spread, toScreen, walkingMinutes, zoomAt } from "./chart.js";

/** @typedef {{id: string, kind: "store" | "screen" | "here", name: string, latitude: number, longitude: number, href: string, state: string, radius: number, zone?: string}} Shown */

const SVG = "http://www.w3.org/2000/svg";
const HALF = { store: 6, screen: 6, here: 8 };
const MOST_NAMED = 150;
const CLICK_PIXELS = 5;
const MOVE_PIXELS = 60;
const ZOOM = 1.6;

/** @param {string} name @param {Record<string, string | number>} [attributes] @param {(Node | string)[]} [children] */
function draw(name, attributes = {}, children = []) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, typeof value === "number" ? String(Math.round(value * 100) / 100) : value);
  made.append(...children);
  return made;
}

const ruler = document.createElement("canvas").getContext("2d");

/** Width of a label in pixels. @param {string} text */
function measure(text) {
  if (!ruler) return text.length * 7;
  ruler.font = '600 13px "Source Sans 3", sans-serif';
  return ruler.measureText(text).width + 2;
}

/** @param {string[]} words */
function mostCommon(words) {
  return [...words].sort((one, other) => words.filter((word) => word === other).length - words.filter((word) => word === one).length)[0];
}

/** @param {HTMLElement} root */
function begin(root) {
  /** @type {Shown[]} */
  const places = JSON.parse(root.dataset.places ?? "[]");
  const fields = (root.dataset.sets ?? "").split(" ").filter(Boolean).map((id) => /** @type {HTMLInputElement} */ (document.getElementById(id)));
  const range = /** @type {HTMLInputElement | null} */ (document.getElementById(root.dataset.range ?? ""));
  const svg = draw("svg", { tabindex: 0, role: "group", "aria-label": `${root.getAttribute("aria-label") ?? "Map"}. Arrows move, plus and minus zoom, 0 shows all${fields.length ? ", Enter sets the place at the middle" : ""}.` });
  let size = { width: root.clientWidth || 600, height: root.clientHeight || 300 };
  const groups = regions(places);
  let region = 0; // which group is in view; -1: all of them
  /** @type {HTMLElement | null} */
  let jumpBar = null;
  let moved = false;
  root.append(svg, controls());
  if (groups.length > 1) root.append((jumpBar = jumps()));
  let view = whole();

  /** The view of what matters: the place in question with what is near it, or else the region that was chosen. */
  function whole(about = true) {
    const here = about ? places.find((place) => place.kind === "here") : undefined;
    const near = here ? places.filter((place) => place.kind === "store").sort((one, other) => metresBetween(here, one) - metresBetween(here, other)) : [];
    const close = here ? near.filter((store) => metresBetween(here, store) < Math.max(1.6 * here.radius, 800)).slice(0, 4) : [];
    const shown = here ? [here, ...close] : region < 0 || !groups.length ? places : groups[region];
    const top = jumpBar ? jumpBar.offsetTop + jumpBar.offsetHeight : 0;
    const aimed = fit(shown.flatMap(edges), { width: size.width, height: Math.max(size.height - top, 80) }, 46);
    return pan(aimed, 0, -top / 2);
  }

  /** A place with the corners of its walking range. @param {Shown} place */
  function edges(place) {
    const lift = place.radius / 111_320;
    const aside = lift / Math.cos((place.latitude * Math.PI) / 180);
    return [place, { latitude: place.latitude + lift, longitude: place.longitude - aside }, { latitude: place.latitude - lift, longitude: place.longitude + aside }];
  }

  function controls() {
    const bar = Object.assign(document.createElement("div"), { className: "chart-controls" });
    /** @type {[string, string, () => void][]} */
    const buttons = [["+", "Zoom in", () => zoom(ZOOM)], ["−", "Zoom out", () => zoom(1 / ZOOM)], ["⤢", "Show all", showAll]];
    for (const [sign, label, act] of buttons) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: sign, title: label, ariaLabel: label });
      button.addEventListener("click", act);
      bar.append(button);
    }
    return bar;
  }

  /** A button for each city, since a map of the world shows the walks of none. */
  function jumps() {
    const bar = Object.assign(document.createElement("div"), { className: "chart-jumps" });
    const cities = groups.map((group) => mostCommon(group.map((place) => place.zone ?? "")));
    // A time zone names one city of a country; another region in it goes by a place of its own.
    const names = groups.map((group, at) => `${cities.indexOf(cities[at]) === at ? cities[at] : group[0].name} ${group.length}`);
    ["Everywhere", ...names].forEach((name, at) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
      button.setAttribute("aria-pressed", String(at - 1 === region));
      button.addEventListener("click", () => {
        region = at - 1;
        bar.querySelectorAll("button").forEach((one, place) => one.setAttribute("aria-pressed", String(place - 1 === region)));
        view = whole(false);
        moved = true;
        paint();
      });
      bar.append(button);
    });
    return bar;
  }

  /** @param {number} factor @param {{x: number, y: number}} [at] */
  function zoom(factor, at = { x: size.width / 2, y: size.height / 2 }) {
    view = zoomAt(view, size, at, factor);
    moved = true;
    paint();
  }

  function showAll() {
    view = whole();
    moved = false;
    paint();
  }

  // -- setting a place --

  /** @param {{x: number, y: number}} at */
  function set(at) {
    const [latitude, longitude] = fields;
    const place = fromScreen(view, size, at);
    latitude.value = place.latitude.toFixed(5);
    longitude.value = place.longitude.toFixed(5);
    moved = true;
    for (const field of fields) field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function follow() {
    const [latitude, longitude] = fields.map((field) => (field.value.trim() ? Number(field.value.replace(",", ".")) : NaN));
    const at = places.findIndex((place) => place.kind === "here");
    const known = Number.isFinite(latitude) && Number.isFinite(longitude) && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
    if (at >= 0) places.splice(at, 1);
    if (known) places.push({ id: "here", kind: "here", name: "Here", latitude, longitude, href: "", state: "", radius: ((Number(range?.value) || 0) * 80) / 1.3 });
    if (known && !moved) view = whole();
    const there = known ? toScreen(view, size, { latitude, longitude }) : null;
    if (there && (there.x < 0 || there.y < 0 || there.x > size.width || there.y > size.height)) view = whole();
    paint();
    document.querySelector("[data-near]")?.dispatchEvent(new CustomEvent("placed"));
  }

  // -- painting --

  function paint() {
    svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
    const focused = svg.contains(document.activeElement) ? document.activeElement?.getAttribute("data-id") : null;
    svg.replaceChildren(lines(), circles(), walks(), marks(walkLabels().map(({ box }) => box)), bar(), crosshair());
    if (focused) /** @type {SVGElement | null} */ (svg.querySelector(`[data-id="${CSS.escape(focused)}"]`))?.focus();
  }

  function lines() {
    const { meridians, parallels } = graticule(view, size);
    return draw("g", { class: "graticule" }, [
      ...meridians.map(({ at }) => draw("line", { x1: at, x2: at, y1: 0, y2: size.height })),
      ...parallels.map(({ at }) => draw("line", { x1: 0, x2: size.width, y1: at, y2: at })),
      ...meridians.filter(({ at }) => at > 60 && at < size.width - 120).map(({ at, label }) => draw("text", { x: at + 4, y: size.height - 6 }, [label])),
      ...parallels.filter(({ at }) => at > 20 && at < size.height - 30).map(({ at, label }) => draw("text", { x: 6, y: at - 4 }, [label])),
    ]);
  }

  function circles() {
    const ringed = places.filter((place) => place.radius > 0);
    return draw("g", { class: "ranges" }, ringed.map((place) => {
      const { x, y } = toScreen(view, size, place);
      return draw("circle", { class: `range range-${place.kind}`, cx: x, cy: y, r: place.radius * pixelsPerMetre(view, place.latitude) });
    }));
  }

  /** The stores that a passer-by can reach from the place in question, with where the minutes are written. */
  function walkLabels() {
    const here = places.find((place) => place.kind === "here");
    if (!here) return [];
    const from = toScreen(view, size, here);
    return places.filter((place) => place.kind === "store" && metresBetween(here, place) <= here.radius).map((store) => {
      const to = toScreen(view, size, store);
      const far = Math.hypot(to.x - from.x, to.y - from.y) >= 70;
      const box = far ? { x: (from.x + to.x) / 2 - 23, y: (from.y + to.y) / 2 - 9, width: 46, height: 18 } : { x: 0, y: 0, width: 0, height: 0 };
      return { from, to, box, label: far ? `${walkingMinutes(metresBetween(here, store))} min` : "" };
    });
  }

  function walks() {
    return draw("g", { class: "walks" }, walkLabels().flatMap(({ from, to, box, label }) => {
      const line = draw("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y });
      return label ? [line, draw("rect", { ...box, rx: 9 }), draw("text", { x: box.x + 23, y: box.y + 13 }, [label])] : [line];
    }));
  }

  /** @param {import("./chart.js").Box[]} taken */
  function marks(taken) {
    const standing = spread(places.map((place) => ({ ...toScreen(view, size, place), place })));
    const seen = standing.filter(({ x, y }) => x > -40 && y > -40 && x < size.width + 40 && y < size.height + 40);
    const crowded = seen.length > MOST_NAMED; // then names are told by the pointer and to screen readers
    const weights = { here: 3, store: 2, screen: 1 };
    const controlsBox = { x: size.width - 44, y: 0, width: 44, height: 112 };
    const jumpsBox = { x: 0, y: 0, width: jumpBar ? jumpBar.offsetLeft + jumpBar.offsetWidth : 0, height: jumpBar ? jumpBar.offsetTop + jumpBar.offsetHeight : 0 };
    const labels = placeLabels(seen.map(({ x, y, place }) => ({ x, y, size: HALF[place.kind], text: place.kind === "here" || (place.kind === "screen" && crowded) ? 0 : measure(place.name), weight: weights[place.kind] })), size, 16, [controlsBox, jumpsBox, ...taken]);
    return draw("g", { class: "marks" }, seen.map((one, at) => mark(one.place, one, labels[at])));
  }

  /** @param {Shown} place @param {{x: number, y: number}} at @param {import("./chart.js").LabelPlace | null} label */
  function mark(place, at, label) {
    const parts = [...shape(place, at), draw("title", {}, [place.name])];
    if (label) parts.push(draw("text", { x: label.x, y: label.y + 4.5, "text-anchor": label.anchor }, [place.name]));
    const attributes = { class: `mark mark-${place.kind} tone-${place.state || "none"}`, "data-id": place.id };
    return place.href && place.kind === "screen" && !fields.length ? draw("a", { ...attributes, href: place.href, "aria-label": place.name }, parts) : draw("g", attributes, parts);
  }

  /** Stores are houses, screens are panels whose filling tells their state. @param {Shown} place @param {{x: number, y: number}} at */
  function shape({ kind, state }, { x, y }) {
    if (kind === "store") return [draw("path", { d: `M${x - 7} ${y + 6.5}v-8l7-6 7 6v8z` })];
    if (kind === "here") return [draw("circle", { class: "halo", cx: x, cy: y, r: 13 }), draw("circle", { cx: x, cy: y, r: 6.5 })];
    const panel = draw("rect", { x: x - 8, y: y - 5.5, width: 16, height: 11, rx: 2 });
    if (state === "bad") return [panel, draw("path", { class: "inner", d: `M${x - 4} ${y - 2.5}l8 5m0 -5l-8 5` })];
    if (state === "warn") return [panel, draw("path", { class: "inner", d: `M${x} ${y - 3.5}v4m0 2v1.4` })];
    return [panel];
  }

  function bar() {
    const { pixels, label } = scaleBar(view, fromScreen(view, size, { x: size.width / 2, y: size.height / 2 }).latitude);
    const right = size.width - 14;
    const y = size.height - 12;
    return draw("g", { class: "scale" }, [draw("path", { d: `M${right - pixels} ${y - 5}v5h${pixels}v-5` }), draw("text", { x: right - pixels / 2, y: y - 5, "text-anchor": "middle" }, [label])]);
  }

  function crosshair() {
    if (!fields.length) return draw("g");
    const { x, y } = { x: size.width / 2, y: size.height / 2 };
    return draw("path", { class: "crosshair", d: `M${x - 9} ${y}h18M${x} ${y - 9}v18` });
  }

  // -- hands and keys --

  /** @type {{x: number, y: number, fromX: number, fromY: number} | null} */
  let drag = null;
  /** @param {{clientX: number, clientY: number}} event */
  const within = (event) => {
    const box = svg.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  svg.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    const at = within(event);
    drag = { ...at, fromX: at.x, fromY: at.y };
  });
  svg.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const at = within(event);
    if (Math.hypot(at.x - drag.fromX, at.y - drag.fromY) > CLICK_PIXELS && !svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
    if (!svg.hasPointerCapture(event.pointerId)) return;
    view = pan(view, drag.x - at.x, drag.y - at.y);
    drag = { ...drag, ...at };
    moved = true;
    paint();
  });
  svg.addEventListener("pointerup", (event) => {
    const at = within(event);
    if (drag && fields.length && !fields[0].matches(":disabled") && Math.hypot(at.x - drag.fromX, at.y - drag.fromY) <= CLICK_PIXELS) set(at);
    drag = null;
  });
  svg.addEventListener("pointercancel", () => { drag = null; });
  // A wheel over the map scrolls the page, unless the map has the focus or Ctrl is held: nobody gets stuck on it.
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== svg) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 300), within(event));
  }, { passive: false });
  svg.addEventListener("keydown", (event) => {
    /** @type {Record<string, () => void>} */
    const does = {
      ArrowLeft: () => slide(-MOVE_PIXELS, 0), ArrowRight: () => slide(MOVE_PIXELS, 0), ArrowUp: () => slide(0, -MOVE_PIXELS), ArrowDown: () => slide(0, MOVE_PIXELS),
      "+": () => zoom(ZOOM), "=": () => zoom(ZOOM), "-": () => zoom(1 / ZOOM), "0": showAll,
    };
    if (fields.length && event.target === svg && !fields[0].matches(":disabled")) does.Enter = () => set({ x: size.width / 2, y: size.height / 2 });
    const act = does[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });

  /** @param {number} right @param {number} down */
  function slide(right, down) {
    view = pan(view, right, down);
    moved = true;
    paint();
  }

  // The list beside the map says how each screen stands, and goes on saying it.
  const list = document.querySelector("[data-tones]");
  function hearTones() {
    for (const row of list?.querySelectorAll("[data-tone-of]") ?? []) {
      const place = places.find(({ id }) => id === row.getAttribute("data-tone-of"));
      if (place) place.state = row.getAttribute("data-tone") ?? "";
    }
    paint();
  }
  if (list && !fields.length) new MutationObserver(hearTones).observe(list, { subtree: true, childList: true, attributeFilter: ["data-tone"] });

  for (const field of [...fields, ...(range ? [range] : [])]) field.addEventListener("input", follow);
  new ResizeObserver(() => {
    size = { width: root.clientWidth, height: root.clientHeight };
    if (!size.width) return;
    if (!moved) view = whole();
    paint();
  }).observe(root);
  if (fields.length && fields[0].value) follow();
  paint();
  document.fonts?.ready.then(paint);
}

document.querySelectorAll("[data-chart]").forEach((root) => begin(/** @type {HTMLElement} */ (root)));
