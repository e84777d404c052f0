// Runs axe-core on a page without looking twice at what it found good (axe.py says why).
// `known` are the keys of texts whose contrast was measured and was enough, as one string.
async ({ within, known }) => {
  const GRAVE = new Set(["serious", "critical"]);
  // What a text itself contributes to its contrast, and what a box around it does.
  const OF_TEXT = [
    "color", "-webkit-text-fill-color", "-webkit-text-stroke-width", "-webkit-text-stroke-color",
    "font-size", "font-weight", "text-shadow", "text-indent",
  ];
  const OF_BOX = {
    "background-color": "rgba(0, 0, 0, 0)", "background-image": "none", "opacity": "1",
    "filter": "none", "backdrop-filter": "none", "mix-blend-mode": "normal", "isolation": "auto",
    "clip": "auto", "clip-path": "none", "mask-image": "none", "overflow-x": "visible",
    "overflow-y": "visible", "position": "static", "z-index": "auto", "transform": "none",
  };
  const FIELDS = new Set(["input", "select", "textarea"]);
  const DRAWN = new Set([...FIELDS, "img", "svg", "canvas", "video", "object", "iframe", "meter", "progress"]);

  const audit = axe._audit;
  const rule = audit.rules.find((one) => one.id === "color-contrast");
  const check = audit.checks["color-contrast"];
  const seen = new Set(known.split(" "));
  const enough = new Set();
  let measured = 0;
  const boxes = new WeakMap();
  const keys = new WeakMap();
  let painted = null;

  const draws = (element, style) =>
    style.backgroundColor !== OF_BOX["background-color"] || style.backgroundImage !== "none" ||
    DRAWN.has(element.localName);

  function prepare() {
    painted = [];
    for (const element of document.querySelectorAll("*")) {
      if (!draws(element, getComputedStyle(element))) continue;
      const rect = element.getBoundingClientRect();
      if (rect.width && rect.height) painted.push({ element, rect });
    }
  }

  // A box that stands before or after an element's own text: what is in it is always looked at.
  const isDecorated = (element) => ["::before", "::after"].some((part) => {
    const style = getComputedStyle(element, part);
    return style.content !== "none" && style.position === "absolute";
  });

  // A box with the key of all boxes around it, each named only if it does something to a text.
  function boxOf(element) {
    const kept = boxes.get(element);
    if (kept) return kept;
    const above = element.parentElement ? boxOf(element.parentElement) : null;
    const style = getComputedStyle(element);
    const said = [];
    for (const [name, usual] of Object.entries(OF_BOX)) {
      const value = style.getPropertyValue(name);
      if (value !== usual && value !== "") said.push(name + ":" + value);
    }
    const box = {
      style,
      rect: element.getBoundingClientRect(),
      inline: style.display === "inline",
      said: said.join(";"),
      matters: said.length > 0 || DRAWN.has(element.localName),
      holders: above ? (above.matters ? [...above.holders, above] : above.holders) : [],
      decorated: Boolean(above && above.decorated) || isDecorated(element),
    };
    boxes.set(element, box);
    return box;
  }

  function rectsOf(element) {
    const rects = [];
    if (FIELDS.has(element.localName)) return [element.getBoundingClientRect()];
    const range = document.createRange();
    for (const child of element.childNodes) {
      if (child.nodeType !== Node.TEXT_NODE || !child.nodeValue.trim()) continue;
      range.selectNodeContents(child);
      for (const rect of range.getClientRects()) if (rect.width && rect.height) rects.push(rect);
    }
    return rects;
  }

  const over = (rect, x, y) =>
    x > rect.left - 1 && x < rect.right + 1 && y > rect.top - 1 && y < rect.bottom + 1;
  const holds = (rect, inner) =>
    inner.left >= rect.left && inner.right <= rect.right &&
    inner.top >= rect.top && inner.bottom <= rect.bottom;

  // 53 bits: of a few thousand keys no two are the same.
  function hash(text) {
    let one = 0xdeadbeef, two = 0x41c6ce57;
    for (let place = 0; place < text.length; place += 1) {
      const unit = text.charCodeAt(place);
      one = Math.imul(one ^ unit, 2654435761);
      two = Math.imul(two ^ unit, 1597334677);
    }
    one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
    two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
    return (4294967296 * (2097151 & two) + (one >>> 0)).toString(36);
  }

  // The key of a text's contrast, or "" where it hangs on more than the boxes around it.
  function keyOf(element) {
    if (keys.has(element)) return keys.get(element);
    if (!painted) prepare();
    const key = plainKey(element);
    keys.set(element, key);
    return key;
  }

  function plainKey(element) {
    const rects = rectsOf(element);
    if (!rects.length) return "";
    const box = boxOf(element);
    if (box.decorated) return "";
    const centres = rects.map((rect) => [rect.left + rect.width / 2, rect.top + rect.height / 2]);
    for (const other of painted) {
      if (other.element.contains(element)) continue;
      if (centres.some(([x, y]) => over(other.rect, x, y))) return "";
    }
    const words = OF_TEXT.map((name) => box.style.getPropertyValue(name));
    for (const holder of [...box.holders, box]) {
      const whole = rects.every((rect) => holds(holder.rect, rect));
      const centred = centres.every(([x, y]) => over(holder.rect, x, y));
      words.push(holder.said, holder.inline, whole, centred);
    }
    words.push(FIELDS.has(element.localName) ? element.localName : "");
    return hash(words.join("|"));
  }

  const matches = rule.matches;
  rule.matches = function (node, ...rest) {
    const key = keyOf(node);
    return !(key && seen.has(key)) && matches.call(this, node, ...rest);
  };
  const evaluate = check.evaluate;
  check.evaluate = function (node, ...rest) {
    const tell = this.data;
    let ratio = null;
    this.data = (said) => { ratio = said && said.contrastRatio; return tell.call(this, said); };
    const good = evaluate.call(this, node, ...rest);
    const key = keyOf(node);
    measured += 1;
    if (good === true && ratio && key) enough.add(key);
    return good;
  };

  // A rule that can only find what is moderate or minor would be run for nothing.
  const rules = {};
  for (const one of audit.rules) {
    const impacts = one.impact ? [one.impact] :
      [...one.any, ...one.all, ...one.none].map((of) => audit.checks[of.id || of].impact);
    if (!impacts.some((impact) => GRAVE.has(impact))) rules[one.id] = { enabled: false };
  }
  // A colour that is still changing is nobody's: what was just clicked comes to rest first.
  const changing = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.all(changing.map((one) => one.finished.catch(() => null)));
  const found = await axe.run(within || document, { resultTypes: ["violations"], rules });
  rule.matches = matches;
  check.evaluate = evaluate;
  const lines = [];
  for (const finding of found.violations) {
    if (!GRAVE.has(finding.impact)) continue;
    for (const node of finding.nodes) {
      lines.push(`${finding.impact} ${finding.id}: ${node.target} ${node.html.slice(0, 160)}`);
    }
  }
  return { lines, measured, enough: [...enough].join(" ") };
}
