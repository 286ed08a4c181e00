// The items on hand: all are in the page, and the first of them is shown.
import { elementOf } from "../answers.js";

export class Items {
  #judged = new Map(); // item id: its article, in case its verdict is taken back

  constructor(onShow) {
    this.place = document.getElementById("items");
    this.onShow = onShow;
    this.aside = null; // an item opened for a second look comes before the queue
  }

  get all() {
    return [...this.place.querySelectorAll(":scope > .item")];
  }

  get shown() {
    return this.all.find((item) => !item.hidden) ?? null;
  }

  get ids() {
    return this.all.filter((item) => item !== this.aside).map(idOf);
  }

  has(id) {
    return this.all.some((item) => idOf(item) === id);
  }

  // Add what the server sent, behind what is there; what was sent before is left as it is.
  add(sent) {
    for (const { id, html } of sent) if (!this.has(id)) this.place.append(hide(elementOf(html)));
    this.showFirst();
  }

  // Show an item before all others; `isExtra`: it was judged and does not belong to the queue. Who is writing goes on
  // where they are, and has it next.
  open(article, isExtra = false) {
    if (this.isInUse) return this.#openNext(article, isExtra);
    this.#remove(idOf(article));
    this.#openArticle(article, isExtra);
  }

  // Somebody writes or marks something at the shown item; a key that they press is meant for it.
  get isInUse() {
    const { shown } = this;
    const field = document.activeElement?.closest(".editor");
    return Boolean(shown && (shown.contains(field) || document.querySelector("dialog[open]")));
  }

  #openNext(article, isExtra) {
    const { shown } = this;
    if (idOf(shown) === idOf(article)) return;
    this.#remove(idOf(article));
    if (isExtra) this.#setAside(article);
    shown.after(hide(article));
  }

  #setAside(article) {
    this.aside = article;
    if (article) article.querySelector("[data-back]").hidden = false;
  }

  // Its verdict stays as it is.
  closeAside() {
    this.aside?.remove();
    this.aside = null;
    this.showFirst();
  }

  wasJudged(id) {
    return this.#judged.has(id);
  }

  // A judged item as it was, in the state in which its form was left.
  openAgain(id) {
    this.#openArticle(this.#judged.get(id), false);
  }

  #openArticle(article, isExtra) {
    for (const item of this.all) hide(item);
    this.aside?.remove();
    this.#setAside(isExtra ? article : null);
    this.place.prepend(hide(article));
    this.showFirst();
  }

  // The shown item has its verdict.
  leave() {
    const article = this.shown;
    this.#judged.set(idOf(article), article);
    if (this.#judged.size > 12) this.#judged.delete(this.#judged.keys().next().value);
    if (article === this.aside) this.aside = null;
    article.remove();
    this.showFirst();
  }

  drop(id) {
    this.#remove(id);
    this.showFirst();
  }

  #remove(id) {
    this.all.find((item) => idOf(item) === id)?.remove();
  }

  end(html) {
    this.place.querySelector("[data-ended]")?.remove();
    if (html && !this.all.length) this.place.prepend(elementOf(html));
    this.showFirst();
  }

  showFirst() {
    const first = this.all[0];
    if (first) this.place.querySelector("[data-ended]")?.remove();
    this.place.querySelector("[data-loading]").hidden = Boolean(first || this.place.querySelector("[data-ended]"));
    if (!first?.hidden) return;
    first.hidden = false;
    this.onShow(first);
  }
}

export const idOf = (article) => Number(article.dataset.item);

function hide(article) {
  article.hidden = true;
  return article;
}
