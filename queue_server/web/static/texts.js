/* Key and facts to words: the twin of queue_protocol/texts.py, over the same catalogue as JSON. */

/* The order in which gettext numbers the plural forms of the languages the center speaks. */
const CATEGORIES = ["zero", "one", "two", "few", "many", "other"];

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

export class Texts {
  constructor(language, forms) {
    this.language = language;
    this.forms = forms;
    this.rules = new Intl.PluralRules(language);
    const used = new Set(this.rules.resolvedOptions().pluralCategories);
    this.order = CATEGORIES.filter((category) => used.has(category));
  }

  /* Return the sentence of this key with the facts filled in; an unknown key is shown as itself, to be noticed. */
  say(key, facts = {}) {
    return this.fill((this.forms[key] || [key])[0], facts);
  }

  /* Return the sentence in the form that this number asks for; {n} is the number. */
  count(key, n, facts = {}) {
    const forms = this.forms[key] || [key];
    const form = this.order.indexOf(this.rules.select(n));
    return this.fill(forms[Math.min(form, forms.length - 1)], Object.assign({ n }, facts));
  }

  /* Return what people call a box: `display-1` is "Màn hình 1"; a name of the site's own stays as it is. */
  box(device) {
    const [, kind, number] = /^(.+)-([0-9]+)$/.exec(device) || [];
    return kind !== undefined && this.knows(`box_${kind}`) ? this.say(`box_${kind}`, { n: number }) : device;
  }

  /* Fill the facts in; the fact `device` is said in the words of `box`. */
  fill(text, facts) {
    const word = (name) => (name === "device" ? this.box(String(facts.device)) : String(facts[name]));
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? word(name) : whole));
  }

  /* Return a day (`2026-11-23`) with its weekday and year. */
  day(iso) {
    return this.say("date_long", this.named(iso));
  }

  /* Return a day that is near, without its year. */
  dayAndMonth(iso) {
    return this.say("date_near", this.named(iso));
  }

  /* Return what a date is written with. A language that names its months is read alike everywhere. */
  named(iso) {
    const [year, month, day] = iso.split("-").map(Number);
    const weekday = this.say(`weekday_${WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()]}`);
    return { weekday, day, year, month_name: this.say(`month_${month}`) };
  }

  knows(key) {
    return key in this.forms;
  }

  /* Return a name given in several languages; Vietnamese is always there. */
  pick(words) {
    return words[this.language] || words.vi || "";
  }
}

/* Return the words of a language. Throws when the server does not give them. */
export async function readTexts(language) {
  const response = await fetch(`/texts/${language}.json`);
  if (!response.ok) {
    throw new Error(`/texts/${language}.json: ${response.status}`);
  }
  return new Texts(language, await response.json());
}
