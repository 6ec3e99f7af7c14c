/* What every live page has: its words, the server's clock, the link, one drawing a second and after each message. */

import { Connection } from "./connection.js";
import { keepRoom, lacksFlexGap } from "./flex_gap.js";
import { ServerClock } from "./moments.js";
import { readTexts } from "./texts.js";
import { build, icon, patch } from "./tree.js";

/* Timers show seconds. */
const TICK_MS = 1000;

/* Within this a lost link is a hiccup that no one has to read about. */
const GRACE_MS = 1500;

export class Page {
  /* `root` is the element drawn into; `hello(page)` gives what introduces the page, `see(message)` takes what the
   * server says, `view(page)` returns the children of the root. */
  constructor({ root, hello, see, view }) {
    this.root = root;
    this.view = view;
    this.see = see;
    this.clock = new ServerClock();
    this.texts = null;
    this.welcome = null;
    this.link = "connecting";
    this.refusal = null;
    this.lostAt = null;
    this.lostSince = performance.now();
    this.connection = new Connection({
      hello: () => hello(this),
      onMessage: (message) => this.hear(message),
      onLink: (link, refusal) => this.linkIs(link, refusal),
    });
  }

  /* Read the words of `language` and start. */
  async start(language) {
    await this.speak(language);
    if (lacksFlexGap()) {
      keepRoom(this.root);
    }
    this.connection.start();
    setInterval(() => this.draw(), TICK_MS);
  }

  /* Change the language of the page. */
  async speak(language) {
    this.texts = await readTexts(language);
    this.root.lang = language;
    this.draw();
  }

  draw() {
    patch(this.root, this.view(this));
  }

  /* Ask the server for something; the promise gets the result. */
  ask(command) {
    return this.connection.ask(command);
  }

  isLive() {
    return this.link === "live";
  }

  hear(message) {
    this.clock.hear(message);
    if (message.type === "welcome") {
      this.welcome = message;
    }
    this.see(message);
    this.draw();
  }

  linkIs(link, refusal) {
    this.link = link;
    this.refusal = refusal;
    if (link === "live") {
      this.lostAt = null;
    } else if (this.lostAt === null) {
      this.lostAt = this.clock.now();
      this.lostSince = performance.now();
    }
    this.draw();
  }

  /* Say whether the link is down for longer than a hiccup, or the server does not want this page. */
  isLost() {
    return this.link === "refused" || (this.link !== "live" && performance.now() - this.lostSince > GRACE_MS);
  }
}

/* Return the banner that says that the page is old, and since when; null while it is not. */
export function linkBanner(page) {
  if (!page.isLost()) {
    return null;
  }
  const reload = build("a", { href: location.pathname + location.search, key: "reload" }, page.texts.say("page_reload"));
  return build(
    "p",
    { class: "banner danger", role: "alert", key: "link" },
    icon("wifi_off"),
    linkWords(page),
    page.link === "refused" ? reload : null,
  );
}

/* A page that was open and is not let in any more has lost its session: signing in again is what helps. */
function linkWords({ texts, refusal, link, lostAt, clock }) {
  if (link === "refused") {
    return refusal.code === "not_allowed" ? texts.say("page_sign_in_again") : refusalWords(texts, refusal);
  }
  return lostAt === null ? texts.say("page_loading") : texts.say(
    "page_link_lost",
    { time: clock.timeOfDay(lostAt) },
  );
}

/* Return the sentence of a refusal. */
export function refusalWords(texts, { code, facts }) {
  return texts.say(`refused_${code}`, facts || {});
}

/* Call `act(action, element)` for a click on anything with `data-action` that is not disabled.
 *
 * A press of the pointer does not move the focus: the space key stays with what the page says it does.
 */
export function listen(root, act) {
  root.addEventListener("mousedown", (event) => {
    if (event.target.closest("button[data-action]")) {
      event.preventDefault();
    }
  });
  root.addEventListener("click", (event) => {
    const element = event.target.closest("[data-action]");
    if (element && element.getAttribute("aria-disabled") !== "true") {
      act(element.dataset.action, element);
    }
  });
}
