/* The manager's page: the hall now, the log of a day, the people. */

import { Accounts } from "./accounts.js";
import { DayLog } from "./office_log.js";
import { officeView } from "./office_view.js";
import { Page, listen } from "./page.js";
import { PROTOCOL } from "./session.js";

const root = document.getElementById("office");
const state = { office: null };

const page = new Page({
  root,
  hello: () => ({ type: "office_hello", protocol: PROTOCOL }),
  see(message) {
    if (message.type === "office") {
      state.office = message;
      log.follow(message);
    }
  },
  view: () => officeView(page, state.office),
});

const log = new DayLog(document.getElementById("log"), page);
const accounts = new Accounts(document.getElementById("accounts"), page);

listen(root, (action, element) => {
  if (action === "close") {
    closeCounter(Number(element.dataset.value));
  }
});

/* Close a counter whose clerk has left; who stands there is settled by the server. */
async function closeCounter(counter) {
  const { texts } = page;
  if (window.confirm(texts.say("office_close_confirm", { counter }))) {
    const result = await page.ask({ type: "close_counter", counter });
    if (result.type === "refused") {
      window.alert(texts.say(`refused_${result.code}`, result.facts));
    }
  }
}

listen(document.getElementById("accounts"), (action, element) => accounts.act(action, element.dataset.value));
page.start(root.dataset.language).then(() => accounts.fetch());
