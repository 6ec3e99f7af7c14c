/* Screens as values: `build` makes a tree of elements, `patch` makes the live one equal to it.
 *
 * What is the same element stays the same element, so the focus, a half-typed text and a running animation survive.
 * Children that come, go or move carry a `key`. Handlers are not part of a tree: a page listens once, at its root, for
 * elements with `data-action`.
 */

/* Return an element. Attributes that are false, null or undefined are left out, true is written empty. */
export function build(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    setAttribute(element, name === "key" ? "data-key" : name, value);
  }
  append(element, children);
  return element;
}

/* Return a decorative icon; the word stands beside it. */
export function icon(name) {
  return build("span", { class: `icon icon-${name}`, "aria-hidden": "true" });
}

/* Make the inside of `live` equal to `children`, and keep the focus in it. */
export function patch(live, ...children) {
  const focused = document.activeElement;
  const held = focused !== live && live.contains(focused);
  const fresh = document.createElement(live.tagName);
  append(fresh, children);
  patchChildren(live, fresh);
  if (held && document.activeElement !== focused) {
    refocus(live, focused);
  }
}

function append(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) {
      append(element, child);
    } else if (child !== null && child !== undefined && child !== false) {
      element.append(child);
    }
  }
}

function setAttribute(element, name, value) {
  if (value !== false && value !== null && value !== undefined) {
    element.setAttribute(name, value === true ? "" : value);
  }
}

function refocus(live, focused) {
  const place = live.contains(focused) ? focused : live.querySelector("[data-primary]") || live;
  place.focus({ preventScroll: true });
}

function patchChildren(live, fresh) {
  const keyed = new Map();
  for (const child of live.children) {
    keyed.set(keyOf(child), child);
  }
  let place = live.firstChild;
  for (const next of Array.from(fresh.childNodes)) {
    const twin = twinOf(next, place, keyed);
    if (twin !== null && twin === place) {
      place = place.nextSibling;
    } else {
      live.insertBefore(twin || next, place);
    }
    if (twin !== null) {
      patchNode(twin, next);
    }
  }
  removeFrom(place);
}

function removeFrom(place) {
  while (place !== null) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
}

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.getAttribute("data-key") : null;
}

function twinOf(next, place, keyed) {
  const key = keyOf(next);
  const twin = key === null ? place : keyed.get(key);
  if (!twin || keyOf(twin) !== key || twin.nodeName !== next.nodeName) {
    return null;
  }
  return twin;
}

function patchNode(live, fresh) {
  if (live.nodeType !== Node.ELEMENT_NODE) {
    if (live.nodeValue !== fresh.nodeValue) {
      live.nodeValue = fresh.nodeValue;
    }
    return;
  }
  patchAttributes(live, fresh);
  patchChildren(live, fresh);
}

function patchAttributes(live, fresh) {
  for (const { name } of Array.from(live.attributes)) {
    if (!fresh.hasAttribute(name)) {
      live.removeAttribute(name);
    }
  }
  for (const { name, value } of Array.from(fresh.attributes)) {
    if (live.getAttribute(name) !== value) {
      live.setAttribute(name, value);
    }
  }
}
