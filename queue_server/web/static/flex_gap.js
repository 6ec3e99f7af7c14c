/* Room between the parts of a row or column where the browser knows `gap` for grids only: Chromium before 84.
 *
 * The value is read from the style sheets, as such a browser computes it all the same, and becomes the parts' margins. */

const SIDES = {
  row: ["columnGap", "marginLeft"],
  "row-reverse": ["columnGap", "marginRight"],
  column: ["rowGap", "marginTop"],
  "column-reverse": ["rowGap", "marginBottom"],
};

/* Say whether this browser leaves no room: a column of two empty parts is as high as its gap. */
export function lacksFlexGap(page = document) {
  const column = page.createElement("div");
  column.style.cssText = "display:flex;flex-direction:column;row-gap:1px;position:absolute";
  column.appendChild(page.createElement("div"));
  column.appendChild(page.createElement("div"));
  page.body.appendChild(column);
  const lacks = column.scrollHeight === 0;
  page.body.removeChild(column);
  return lacks;
}

/* Keep room between the parts of everything in `root`, also of what is drawn later. */
export function keepRoom(root) {
  const spread = () => {
    root.querySelectorAll("*").forEach(spreadParts);
    observer.takeRecords();
  };
  const observer = new MutationObserver(spread);
  observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "hidden", "style"] });
  window.addEventListener("resize", spread);
  spread();
}

function spreadParts(box) {
  const style = getComputedStyle(box);
  if (!style.display.endsWith("flex")) {
    return;
  }
  const [gap, side] = SIDES[style.flexDirection];
  const room = parseFloat(style[gap]) || 0;
  const parts = Array.from(box.children).filter((part) => getComputedStyle(part).display !== "none");
  parts.forEach((part, place) => {
    part.style[side] = "";
    const own = parseFloat(getComputedStyle(part)[side]) || 0;
    if (place > 0 && room > 0) {
      part.style[side] = `${own + room}px`;
    }
  });
}
