/* Key and facts to words: the twin of queue_protocol/texts.py, over the same catalogue as JSON. */

/* The order in which gettext numbers the plural forms of the languages the center speaks. */
const CATEGORIES = ["zero", "one", "two", "few", "many", "other"];

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
    return fill((this.forms[key] || [key])[0], facts);
  }

  /* Return the sentence in the form that this number asks for; {n} is the number. */
  count(key, n, facts = {}) {
    const forms = this.forms[key] || [key];
    const form = this.order.indexOf(this.rules.select(n));
    return fill(forms[Math.min(form, forms.length - 1)], Object.assign({ n }, facts));
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

function fill(text, facts) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? String(facts[name]) : whole));
}
