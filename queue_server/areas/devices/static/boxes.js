/* The boxes that are let in: listed, and removed. Drawn into its own root. */

import { button } from "./pieces.js";
import { build, patch } from "./tree.js";

export class Boxes {
  /* Draws into `root`; `page` gives the words. */
  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.boxes = [];
    this.asking = null;
  }

  async fetch() {
    const response = await fetch("/devices.json").catch(() => null);
    if (response !== null && response.ok) {
      this.boxes = await response.json();
    }
    this.draw();
  }

  /* Do what a click on a `data-action` asks for. */
  act(action, device) {
    if (action === "box-remove") {
      this.remove(device);
    } else {
      this.asking = action === "box-leave" ? device : null;
      this.draw();
    }
  }

  async remove(device) {
    await fetch("/devices/remove", { method: "POST", body: new URLSearchParams({ device }) }).catch(() => null);
    this.asking = null;
    await this.fetch();
  }

  draw() {
    const { texts } = this.page;
    patch(
      this.root,
      build("h2", { id: "boxes-title", key: "title" }, texts.say("office_boxes")),
      build("ul", { class: "card boxes", key: "boxes" }, ...this.boxes.map((box) => this.row(texts, box))),
    );
  }

  row(texts, { device, connected }) {
    const state = texts.say(connected ? "office_box_here" : "office_box_away");
    return build(
      "li",
      { key: device },
      build("strong", null, device),
      build("span", { class: "secondary" }, state),
      ...this.buttons(texts, device),
    );
  }

  buttons(texts, device) {
    if (this.asking !== device) {
      return [button({ action: "box-leave", value: device, key: "leave" }, texts.say("office_box_remove"))];
    }
    return [
      button(
        { action: "box-remove", value: device, key: "remove", kind: "danger" },
        texts.say("office_box_remove_confirm", { device }),
      ),
      button({ action: "box-stay", value: device, key: "stay" }, texts.say("page_cancel")),
    ];
  }
}
