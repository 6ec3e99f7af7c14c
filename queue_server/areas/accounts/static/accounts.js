/* The people who may sign in: listed, added, given roles or a new password, removed. Drawn into its own root. */

import { button } from "./pieces.js";
import { build, icon, patch } from "./tree.js";

const ROLES = ["greeter", "clerk", "manager"];

/* What is asked about first, as it cannot be taken back: what is done then, and the words of the button. */
const MEANT = {
  leave: { action: "remove", words: "office_remove_confirm" },
  renew: { action: "renew-now", words: "office_renew_confirm" },
};

export class Accounts {
  /* Draws into `root`; `page` gives the words. */
  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.people = [];
    this.told = null;
    this.asking = null;
    root.addEventListener("submit", (event) => this.submit(event));
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
      renew: () => this.ask("renew", account),
      "renew-now": () => this.post("/accounts/password", { account }),
      leave: () => this.ask("leave", account),
      roles: () => this.ask("roles", account),
      stay: () => this.ask(null, null),
      remove: () => this.post("/accounts/remove", { account }),
    };
    if (action in acts) {
      acts[action]();
    }
    return action in acts;
  }

  /* Ask something about one person: for other roles, or whether it is meant. */
  ask(what, account) {
    this.asking = what === null ? null : { what, account };
    this.draw();
  }

  async submit(event) {
    event.preventDefault();
    const form = event.target;
    const fields = new URLSearchParams(new FormData(form));
    const done = await this.post(form.dataset.address, fields);
    if (done && form.dataset.address === "/accounts") {
      form.reset();
    }
  }

  /* Send a form, show what came of it, and return whether it was done. */
  async post(address, fields) {
    const response = await fetch(address, { method: "POST", body: new URLSearchParams(fields) }).catch(() => null);
    const answer = response === null ? null : await response.json().catch(() => null);
    const done = answer !== null && response.ok;
    this.told = done ? answer : { error: answer === null ? "page_no_answer" : answer.error };
    this.asking = null;
    await this.fetch();
    return done;
  }

  draw() {
    const { texts } = this.page;
    patch(
      this.root,
      build("h2", { id: "accounts-title", key: "title" }, texts.say("office_accounts")),
      told(texts, this.told),
      peopleTable(texts, this.people, this.asking),
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

function peopleTable(texts, people, asking) {
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
      build("tbody", null, ...people.map((person) => personRow(texts, person, asking))),
    ),
  );
}

function personRow(texts, person, asking) {
  const { account, roles, guesses } = person;
  const what = asking !== null && asking.account === account ? asking.what : null;
  const words = ROLES.filter((role) => roles.includes(role)).map((role) => texts.say(`page_role_${role}`)).join(", ");
  return build(
    "tr",
    { key: account },
    build("th", { scope: "row" }, account, guesses > 0 ? guessesOf(texts, person) : null),
    build("td", null, what === "roles" ? rolesForm(texts, person) : words),
    build("td", { class: "acts" }, ...personButtons(texts, account, what)),
  );
}

/* Wrong passwords of the last day: whoever sees many from a place that is none of ours knows that somebody guesses. */
function guessesOf(texts, { guesses, guessed_from: places }) {
  const words = texts.say("office_account_guesses", { guesses, places: places.join(", ") });
  return build("span", { class: "secondary guesses", key: "guesses" }, icon("alert"), words);
}

function personButtons(texts, account, what) {
  const stay = () => button({ action: "stay", value: account, key: "stay" }, texts.say("page_cancel"));
  if (what === "roles") {
    return [stay()];
  }
  if (what in MEANT) {
    const { action, words } = MEANT[what];
    return [button({ action, value: account, key: action, kind: "danger" }, texts.say(words, { account })), stay()];
  }
  return ["roles", "renew", "leave"].map((action) => button(
    { action, value: account, key: action },
    texts.say(`office_account_${action}`),
  ));
}

function rolesForm(texts, { account, roles }) {
  return build(
    "form",
    { class: "roles-form", key: "roles", "data-address": "/accounts/roles" },
    build("input", { type: "hidden", name: "account", value: account }),
    roleChecks(texts, roles),
    build("button", { class: "button primary", type: "submit" }, texts.say("office_roles_save")),
  );
}

/* One person may be several things: each has a box of its own. */
function roleChecks(texts, roles) {
  return build(
    "fieldset",
    { class: "roles" },
    build("legend", null, texts.say("office_column_role")),
    ...ROLES.map((role) => build(
      "label",
      { class: "check", key: role },
      build("input", { type: "checkbox", name: "role", value: role, checked: roles.includes(role) }),
      texts.say(`page_role_${role}`),
    )),
  );
}

function addForm(texts) {
  const name = {
    name: "account",
    required: true,
    maxlength: 32,
    pattern: "[A-Za-z0-9][A-Za-z0-9._\\-]*",
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": "account-hint",
  };
  return build(
    "form",
    { class: "card add-account", key: "add", "data-address": "/accounts", "aria-label": texts.say("office_add_account") },
    build("label", { class: "select" }, build("span", null, texts.say("office_account_name")), build("input", name)),
    roleChecks(texts, ["clerk"]),
    build("button", { class: "button primary", type: "submit" }, icon("account_plus"), texts.say("office_add_account")),
    build("p", { class: "hint", id: "account-hint" }, texts.say("office_account_hint")),
  );
}
