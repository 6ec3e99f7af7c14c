/* The people who may sign in: listed, added, given a new password, removed. Drawn into its own root. */

import { button } from "./pieces.js";
import { build, icon, patch } from "./tree.js";

export class Accounts {
  /* Draws into `root`; `page` gives the words. */
  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.people = [];
    this.told = null;
    this.leaving = null;
    root.addEventListener("submit", (event) => this.add(event));
  }

  async fetch() {
    const response = await fetch("/accounts.json").catch(() => null);
    if (response !== null && response.ok) {
      this.people = await response.json();
    }
    this.draw();
  }

  /* Do what a click on a `data-action` asks for; say whether it was one of ours. */
  act(action, account) {
    const acts = {
      renew: () => this.post("/accounts/password", { account }),
      leave: () => this.confirm(account),
      stay: () => this.confirm(null),
      remove: () => this.post("/accounts/remove", { account }),
    };
    if (action in acts) {
      acts[action]();
    }
    return action in acts;
  }

  confirm(account) {
    this.leaving = account;
    this.draw();
  }

  async add(event) {
    event.preventDefault();
    const { account, role } = event.target.elements;
    if (await this.post("/accounts", { account: account.value.trim().toLowerCase(), role: role.value })) {
      account.value = "";
    }
  }

  /* Send a form, show what came of it, and return whether it was done. */
  async post(address, fields) {
    const response = await fetch(address, { method: "POST", body: new URLSearchParams(fields) }).catch(() => null);
    const answer = response === null ? null : await response.json().catch(() => null);
    const done = answer !== null && response.ok;
    this.told = done ? answer : { error: answer === null ? "page_no_answer" : answer.error };
    this.leaving = null;
    await this.fetch();
    return done;
  }

  draw() {
    const { texts } = this.page;
    patch(
      this.root,
      build("h2", { id: "accounts-title", key: "title" }, texts.say("office_accounts")),
      told(texts, this.told),
      peopleTable(texts, this.people, this.leaving),
      addForm(texts),
    );
  }
}

function told(texts, answer) {
  const live = { key: "told", "aria-live": "polite", id: "account-told" };
  if (answer !== null && answer.error !== undefined) {
    return build("div", Object.assign({ class: "banner danger" }, live), icon("alert"), texts.say(answer.error));
  }
  if (answer === null || answer.password === undefined) {
    return build("div", Object.assign({ class: "banner empty" }, live));
  }
  const words = texts.say("office_password_once", { account: answer.account });
  return build(
    "div",
    Object.assign({ class: "banner good" }, live),
    icon("key"),
    build("span", null, words, " ", build("code", { id: "first-password" }, answer.password)),
  );
}

function peopleTable(texts, people, leaving) {
  const head = ["office_column_account", "office_column_role", "office_column_acts"].map((key) => build(
    "th",
    { scope: "col" },
    texts.say(key),
  ));
  return build(
    "div",
    { class: "scroll card", key: "people", tabindex: "0", role: "group", "aria-label": texts.say("office_accounts") },
    build(
      "table",
      null,
      build("thead", null, build("tr", null, ...head)),
      build("tbody", null, ...people.map((person) => personRow(texts, person, leaving))),
    ),
  );
}

function personRow(texts, { account, role }, leaving) {
  return build(
    "tr",
    { key: account },
    build("th", { scope: "row" }, account),
    build("td", null, texts.say(`page_role_${role}`)),
    build(
      "td",
      { class: "acts" },
      ...(leaving === account ? confirmButtons(texts, account) : personButtons(texts, account)),
    ),
  );
}

function personButtons(texts, account) {
  return [
    button({ action: "renew", value: account, key: "renew" }, texts.say("office_renew_password")),
    button({ action: "leave", value: account, key: "leave" }, texts.say("office_remove_account")),
  ];
}

function confirmButtons(texts, account) {
  return [
    button(
      { action: "remove", value: account, key: "remove", kind: "danger" },
      texts.say("office_remove_confirm", { account }),
    ),
    button({ action: "stay", value: account, key: "stay" }, texts.say("page_cancel")),
  ];
}

function addForm(texts) {
  const roles = ["clerk", "manager"].map((role) => build(
    "option",
    { value: role, key: role },
    texts.say(`page_role_${role}`),
  ));
  const name = {
    name: "account",
    required: true,
    maxlength: 32,
    pattern: "[A-Za-z0-9][A-Za-z0-9._\\-]*",
    autocomplete: "off",
    spellcheck: "false",
  };
  return build(
    "form",
    { class: "card add-account", key: "add", "aria-label": texts.say("office_add_account") },
    build("label", { class: "select" }, build("span", null, texts.say("office_account_name")), build("input", name)),
    build(
      "label",
      { class: "select" },
      build("span", null, texts.say("office_column_role")),
      build("select", { name: "role" }, ...roles),
    ),
    build("button", { class: "button primary", type: "submit" }, icon("account_plus"), texts.say("office_add_account")),
    build("p", { class: "hint" }, texts.say("office_account_hint")),
  );
}
