/* When the server's clock is not believed: what it says, what the hall goes by, and what to do. */

import { button } from "./pieces.js";
import { build, icon } from "./tree.js";

/* The PC's clock runs on by itself between two looks at it. */
const LOOK_MS = 15000;

export class ClockPanel {
  /* `page` gives words and the hall's time. */
  constructor(page) {
    this.page = page;
    this.state = "fine";
    this.ahead = null;
    setInterval(() => this.look(), LOOK_MS);
  }

  /* Take note of what the server says of its clock. */
  follow({ clock }) {
    if (clock !== this.state) {
      this.state = clock;
      this.look();
    }
  }

  /* Ask how far the PC's clock is from the hall's time. */
  async look() {
    if (this.state !== "fine") {
      const response = await fetch("/health").catch(() => null);
      const health = response === null ? null : await response.json().catch(() => null);
      this.ahead = health === null ? null : Date.parse(health.wall) - Date.parse(health.now);
      this.page.draw();
    }
  }

  /* Return the panel; null while the clock is believed. */
  view() {
    if (this.state === "fine") {
      return null;
    }
    const { texts } = this.page;
    const asked = { action: "confirm-clock", value: this.state, kind: "primary" };
    const confirm = button(asked, icon("check"), texts.say("office_clock_right"));
    return build(
      "section",
      { class: "card clock", key: "clock", "aria-labelledby": "clock-title" },
      build("h2", { id: "clock-title" }, icon("clock_alert"), texts.say(`office_clock_${this.state}`)),
      build("dl", null, ...this.times()),
      build("p", null, texts.say(`office_clock_${this.state}_help`)),
      confirm,
    );
  }

  times() {
    const { texts, clock } = this.page;
    const rows = [["office_clock_hall", clock.now()]];
    if (this.ahead !== null) {
      rows.unshift(["office_clock_wall", clock.now() + this.ahead]);
    }
    return rows.map(([key, at]) => build(
      "div",
      { key },
      build("dt", null, texts.say(key)),
      build("dd", null, `${clock.timeOfDay(at)} · ${clock.day(at).split("-").reverse().join("/")}`),
    ));
  }
}
