// The verdicts on their way to the server: kept in the browser first, sent in order, tried again until they are there.
//
// Each has the idempotency key of its form, so sending it twice saves it once. They are sent for the account of the page
// alone: the server refuses another one, and they stay here.
import { followToSignIn } from "../answers.js";
import { Store } from "./store.js";

export const MOST_UNSENT = 5;
const TRIES = 3; // of all together, before each is sent by itself: the server may fail at one of them alone
const PAUSES_MS = [1_000, 2_000, 5_000, 15_000];
const OF_THE_ROUND = [400, 404, 410, 422]; // refusals that say nothing about other rounds, as 403 and 409 do

export class Outbox {
  entries = []; // of this account, the oldest first
  refusals = 0; // verdicts that were refused on this page
  #sent = 0; // how many of them are in the request that runs
  #busy = null;
  #failures = 0;
  #timer = 0;
  #again = false;

  // `has` says which items the page has, `round` its name; the functions on… are told what came of it.
  constructor({ account, address, round, has, onAnswer, onAside, onTrouble, onChange }) {
    Object.assign(this, { account, address, round, has, onAnswer, onAside, onTrouble, onChange });
  }

  async load() {
    this.store = await Store.open().catch(() => null); // a browser that keeps nothing still sends
    this.entries = [...((await this.store?.all(this.account)) ?? []), ...this.entries];
    this.onChange();
  }

  get isFull() {
    return this.entries.length >= MOST_UNSENT;
  }

  get isStuck() {
    return this.#failures > 0;
  }

  isAbout(item) {
    return this.entries.some((entry) => entry.address === this.address && entry.verdict.item === item);
  }

  put(verdict) {
    const { account, address, round } = this;
    const entry = { key: verdict.key, account, address, round, at: Date.now(), verdict };
    this.entries.push(entry);
    this.store?.put(entry);
    this.onChange();
    this.flush();
  }

  // The newest verdict, if it is not on its way yet and its item can be opened again; it is then as if it had not been
  // given.
  takeBack(canOpen) {
    const entry = this.entries.at(-1);
    if (this.entries.length <= this.#sent || entry.address !== this.address || !canOpen(entry.verdict.item)) return null;
    this.#forget([entry]);
    this.onChange();
    return entry.verdict;
  }

  // Send what is there, and ask for items if the page lacks some; resolves when nothing more can be done now.
  flush() {
    this.#again = true;
    this.#busy ??= this.#work().finally(() => (this.#busy = null));
    return this.#busy;
  }

  async #work() {
    clearTimeout(this.#timer);
    while (this.#again) {
      this.#again = false;
      const outcome = await this.#sendOnce();
      if (outcome === "refused") return;
      if (outcome === "no answer") return this.#waitAndTryAgain();
      this.#again ||= this.entries.length > 0;
    }
  }

  async #sendOnce() {
    const address = this.entries[0]?.address ?? this.address;
    const most = this.#failures < TRIES ? MOST_UNSENT : 1;
    const group = this.entries.filter((entry) => entry.address === address).slice(0, most);
    this.#sent = this.entries.indexOf(group.at(-1)) + 1;
    const have = address === this.address ? this.has() : null; // nobody looks at items of another round here
    try {
      const response = await this.#post(address, group, have);
      if (!response.ok) return await this.#refuse(response, group); // only then is its state shown
      const answer = await response.json();
      this.#failures = 0;
      this.#settle(group, answer.outcomes ?? []);
      this.onAnswer(answer, address === this.address);
      return "answered";
    } catch (problem) {
      if (!(problem instanceof TypeError || problem instanceof SyntaxError)) throw problem;
      return "no answer"; // no connection, or an answer cut short
    } finally {
      this.#sent = 0;
      this.onChange();
    }
  }

  // `have`: the items on hand; null where no others are wanted.
  #post(address, group, have, keepalive = false) {
    const body = { account: this.account, verdicts: group.map((entry) => entry.verdict), have };
    return post(address, JSON.stringify(body), keepalive);
  }

  // What is saved is forgotten, as is what can be given again here. The rest stays in the browser until the person
  // discards it; it is sent again with the next page.
  #settle(group, outcomes) {
    group.forEach((entry, i) => {
      const { saved, item, notice, message } = outcomes[i];
      const isOfAnother = this.#isOfAnother(entry);
      if (!saved) this.refusals += 1;
      if (saved || (item && !isOfAnother)) return this.#forget([entry]);
      this.#leave([entry]);
      if (isOfAnother || !notice) this.onAside([entry], message);
    });
  }

  #forget(group) {
    this.#leave(group);
    this.discard(group.map((entry) => entry.key));
  }

  #leave(group) {
    this.entries = this.entries.filter((entry) => !group.includes(entry));
  }

  #isOfAnother(entry) {
    return entry.address !== this.address;
  }

  discard(keys) {
    for (const key of keys) this.store?.delete(key);
  }

  // What is asked for again is refused again, but for faults of the server: the person has to do something first.
  async #refuse(response, group) {
    const answer = await response.json().catch(() => ({}));
    const isFault = response.status >= 500;
    if (isFault && !(await this.#isAtFault(group))) return "no answer";
    if (isFault || (OF_THE_ROUND.includes(response.status) && group.some((entry) => this.#isOfAnother(entry)))) {
      this.#failures = 0;
      this.refusals += group.length;
      this.#leave(group); // it stays in the browser, too
      this.onAside(group, answer.message ?? "", response.status);
      return "set aside";
    }
    this.#failures += 1;
    this.onTrouble(response.status, answer.message ?? "");
    return "refused";
  }

  // Whether the server has failed at this verdict, and not at all that it is asked: it answers where nothing is sent.
  async #isAtFault(group) {
    if (group.length !== 1 || this.#failures < TRIES) return false;
    return (await this.#post(group[0].address, [], null)).ok;
  }

  #waitAndTryAgain() {
    this.#failures += 1;
    this.onTrouble(0, "");
    this.onChange(); // it says how many are unsent
    this.#timer = setTimeout(() => this.flush(), PAUSES_MS[Math.min(this.#failures, PAUSES_MS.length) - 1]);
  }

  // The page goes away: what is not acknowledged is sent once more, and stays in the browser for the next page.
  sayGoodbye() {
    const own = this.entries.filter((entry) => entry.address === this.address);
    if (own.length) this.#post(this.address, own, null, true);
  }
}

export function post(address, body, keepalive = false) {
  const headers = { "X-CSRFToken": csrfToken(), "HX-Request": "true", "HX-Current-URL": location.href };
  if (typeof body === "string") headers["Content-Type"] = "application/json";
  return fetch(address, { method: "POST", body, headers, keepalive }).then(followToSignIn);
}

function csrfToken() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]").value;
}
