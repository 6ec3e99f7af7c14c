/* The manager's page: the hall now, today's hours, the log of a day, the people. */

import { Accounts } from "./accounts.js";
import { Boxes } from "./boxes.js";
import { ClockPanel } from "./office_clock.js";
import { DayLog } from "./office_log.js";
import { Printers } from "./office_printers.js";
import { Today } from "./office_today.js";
import { officeView } from "./office_view.js";
import { Page, listen, refusalWords } from "./page.js";
import { PROTOCOL } from "./session.js";

const root = document.getElementById("office");
const state = { office: null };

const page = new Page({
  root,
  hello: () => ({ type: "office_hello", protocol: PROTOCOL }),
  see(message) {
    if (message.type === "office") {
      state.office = message;
      clock.follow(message);
      log.follow(message);
    }
  },
  view: () => officeView({ page, clock, today, printers }, state.office),
});

const clock = new ClockPanel(page);
const today = new Today(page);
const printers = new Printers(page);
const log = new DayLog(document.getElementById("log"), page);
const accounts = new Accounts(document.getElementById("accounts"), page);
const boxes = new Boxes(document.getElementById("boxes"), page);

listen(root, (action, element) => {
  const { texts } = page;
  if (action === "close") {
    const counter = Number(element.dataset.value);
    askFirst(texts.say("office_close_confirm", { counter }), { type: "close_counter", counter });
  } else if (action === "confirm-clock") {
    const isBehind = element.dataset.value === "behind";
    askFirst(texts.say(isBehind ? "office_clock_back_confirm" : "office_clock_confirm"), { type: "confirm_clock" });
  } else {
    today.act(action, element, state.office);
    printers.act(action, element);
  }
});

/* Do something that is not taken back, once the person has said yes; say why when it was refused. */
async function askFirst(question, command) {
  if (window.confirm(question)) {
    const result = await page.ask(command);
    if (result.type === "refused") {
      window.alert(refusalWords(page.texts, result));
    }
  }
}

listen(document.getElementById("accounts"), (action, element) => accounts.act(action, element.dataset.value));
listen(document.getElementById("boxes"), (action, element) => boxes.act(action, element.dataset.value));
page.start(root.dataset.language).then(() => Promise.all([accounts.fetch(), boxes.fetch()]));
