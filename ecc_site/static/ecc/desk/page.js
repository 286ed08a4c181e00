// The desk: items on hand, verdicts that go out behind, one key for each act.
import { elementOf, followToSignIn } from "../answers.js";
import { showAside } from "./aside.js";
import { paint } from "./diff.js";
import { forgetDraft, keepDraft, keepWhatIsWritten, restoreDraft } from "./drafts.js";
import {
  choiceOf,
  isWriting,
  leaveField,
  newKey,
  openEditor,
  placeCorrection,
  renewKey,
  showLiveDiff,
  textOf,
  verdictOf,
} from "./editors.js";
import { showPace, showProgress, showSync } from "./head.js";
import { Items } from "./items.js";
import { listen, openDialog } from "./keyboard.js";
import { Outbox, post } from "./outbox.js";
import { Pace } from "./pace.js";
import { sendTags, showTags, TAG_ACTS } from "./tags.js";
import { closePhrases, suggestPhrases } from "./phrases.js";
import { announce, hint, word } from "./words.js";

const DAY_S = 86_400; // no verdict says that it took longer
const STRIP = 10; // verdicts beside the desk
const RENEW_MS = 300_000; // leases are renewed while the page is open
const desk = document.getElementById("desk");
const pace = new Pace();
const items = new Items(show);
const outbox = new Outbox({
  account: Number(desk.dataset.account),
  address: desk.dataset.outbox,
  round: desk.querySelector("h1").textContent,
  has: () => items.ids,
  onAnswer: receive,
  onAside: putAside,
  onTrouble: tell,
  onChange: showState,
});
let paintedAt = 0; // the first item of a page has been there since the page was
let undoing = null; // one at a time: a second press while nothing is seen yet is no second wish
let undoKey = null; // of an undo that may have been made, its answer lost: sent again it withdraws nothing more
let askedAgain = null; // the item whose quick verdict was asked again
let differs = localStorage.getItem("desk-differences") !== "off";

// --- showing an item

function show(item) {
  paintedAt = Infinity;
  requestAnimationFrame(() => (paintedAt = performance.now()));
  prepare(item);
  item.focus({ preventScroll: true });
  announce(questionOf(item));
}

const questionOf = (item) => item.querySelector("[data-question]").textContent;

function prepare(item) {
  hint("");
  restoreDraft(item);
  if (item.dataset.corrects) placeCorrection(item, item.dataset.corrects);
  showTags(item);
  paintDifferences(item);
}

function paintDifferences(item) {
  for (const [place, other] of [["left", "right"], ["right", "left"]]) {
    const answer = item.querySelector(`[data-answer="${place}"]`);
    const text = textOf(item, place);
    if (!text) continue;
    if (differs) paint(answer, text, textOf(item, other));
    else answer.textContent = text;
  }
  item.querySelector("[data-diff]").setAttribute("aria-pressed", differs);
}

// --- giving a verdict

function give(item, choice) {
  if (outbox.isFull) return hint(word("full"));
  const looked = performance.now() - paintedAt;
  const quickest = Number(desk.dataset.quickestMs);
  if (quickest && looked < quickest && askedAgain !== item) {
    askedAgain = item;
    return hint(word("quick"));
  }
  const verdict = verdictOf(item, choice, Math.min(Math.max(0, looked / 1000), DAY_S));
  item.querySelector(".chosen")?.classList.remove("chosen");
  item.querySelector(`.verdicts [value="${choice}"]`)?.classList.add("chosen");
  forgetDraft(item);
  renewKey(item);
  undoKey = null;
  pace.count();
  items.leave();
  if (items.shown) announce(`${word("shown")} ${questionOf(items.shown)}`);
  outbox.put(verdict);
}

function saveFromField() {
  const item = items.shown;
  if (!item) return;
  const choice = choiceOf(item);
  if (choice) give(item, choice);
  else hint(word("choose"));
}

// --- what the server says

function receive(answer, isThisRound) {
  document.getElementById("trouble").hidden = true;
  sendTags();
  if (!isThisRound) return;
  for (const outcome of answer.outcomes ?? []) if (!outcome.saved) returnToSender(outcome);
  items.add(answer.items.filter(({ id }) => !outbox.isAbout(id)));
  items.end(answer.ended);
  if (answer.ended && !items.shown) announce(document.querySelector("[data-ended] h2")?.textContent ?? "");
  take(answer);
}

function take(news) {
  for (const row of news.given ?? []) showGiven(row);
  showProgress(unsentHere(), news);
}

function showGiven({ id, html }) {
  const strip = document.getElementById("given");
  forgetGiven(id);
  strip.prepend(elementOf(html));
  while (strip.children.length > STRIP) strip.lastElementChild.remove();
}

const forgetGiven = (id) => document.querySelector(`[data-given="${id}"]`)?.remove();

function returnToSender({ key, item, notice, message }) {
  if (item) {
    const article = elementOf(item.html);
    keepWhatIsWritten(article);
    items.open(article);
    if (items.shown !== article) return hint(`${message} ${word("next")}`);
  }
  if (notice) {
    const said = elementOf(notice);
    said.querySelector("[data-dismiss]").value = key;
    document.querySelector("[data-notices]").append(said);
  }
  hint(message);
}

function putAside(entries, message, status) {
  document.getElementById("trouble").hidden = true;
  const isOfAnother = entries[0].address !== outbox.address;
  showAside(entries, message || sentenceAbout(status).textContent, { isOfAnother, status });
}

const sentenceAbout = (status) =>
  document.querySelector(`#trouble [data-status="${status}"]`) ?? document.querySelector('#trouble [data-status=""]');

function tell(status, message) {
  const trouble = document.getElementById("trouble");
  for (const sentence of trouble.children) sentence.hidden = true;
  const named = sentenceAbout(status);
  named.hidden = Boolean(message);
  trouble.hidden = Boolean(message);
  if (message) hint(message);
}

const unsentHere = () => outbox.entries.filter((entry) => entry.address === outbox.address).length;

function showState() {
  showProgress(unsentHere());
  showSync(outbox.entries.length, outbox.isStuck);
  showPace(pace.perHour);
}

// --- taking back, looking again

const undo = () => (undoing ??= takeBackTheLast().finally(() => (undoing = null)));

async function takeBackTheLast() {
  const verdict = outbox.takeBack((item) => items.wasJudged(item));
  if (verdict) {
    items.openAgain(verdict.item);
    keepWhatIsWritten(items.shown); // it is in no other place of this browser any more
    return hint(word("reopened"));
  }
  const { refusals } = outbox;
  await outbox.flush();
  if (outbox.entries.length) return; // nothing can be undone before what was given is there
  if (outbox.refusals > refusals) return; // it is not the latest verdict that was meant
  const form = document.getElementById("undo");
  undoKey ??= newKey();
  form.querySelector("[name=key]").value = undoKey;
  if (await ask(() => post(desk.dataset.undo, new URLSearchParams(new FormData(form))))) undoKey = null;
}

const lookAgain = (address) => ask(() => fetch(address, { headers: { "HX-Request": "true" } }).then(followToSignIn), true);

// Whether the server has done what it was asked for.
async function ask(send, isExtra = false) {
  if (items.isInUse) document.activeElement.blur(); // what is asked for may take its place
  try {
    const response = await send();
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) {
      tell(response.status, answer.message ?? "");
      return false;
    }
    take(answer);
    const [item] = answer.items;
    if (item) items.open(elementOf(item.html), isExtra);
    if (item && !isExtra) forgetGiven(item.id);
    hint(answer.message ?? word(isExtra ? "aside" : "reopened"));
    return true;
  } catch {
    tell(0, "");
    return false;
  }
}

function leaveAside() {
  items.closeAside();
  outbox.flush(); // for what comes next, where nothing waited behind it
}

function leave(field) {
  const { shown } = items;
  if (!shown) return;
  if (shown === items.aside && !isWriting(field) && !openDialog()) return leaveAside();
  leaveField(shown, field);
}

// What is given of a dialogue has to be there before the dialogue is given back: afterwards it would be refused.
async function sendBeforeSkip(event) {
  if (event.target.method !== "post" || !outbox.entries.length) return;
  event.preventDefault();
  const { target: form, submitter } = event;
  const { action } = form;
  const dialog = form.closest("dialog");
  await outbox.flush();
  if (!dialog.open || form.action !== action) return; // the person has thought better of it
  if (!outbox.entries.length) return form.requestSubmit(submitter);
  dialog.close();
  hint(word("skip"));
}

function openSkip(item) {
  const dialog = document.getElementById("skip");
  for (const [name, form] of [["skip", "[data-give-back]"], ["defer", "[data-defer]"]])
    dialog.querySelector(form).action = `${item.dataset.address}${name}/`;
  dialog.querySelector("[name=note]").value = ""; // another dialogue's
  dialog.showModal();
}

// --- acts

const ACTS = {
  ...TAG_ACTS,
  "[data-opens]": (button, item) => openEditor(item, button.dataset.opens),
  "[data-diff]": (button, item) => {
    differs = !differs;
    localStorage.setItem("desk-differences", differs ? "on" : "off");
    paintDifferences(item);
  },
  "[data-back]": leaveAside,
  "[data-skip]": (button, item) => openSkip(item),
  "[data-keys]": () => document.getElementById("keys").showModal(),
  "[data-reopen]": (button) => lookAgain(button.dataset.reopen),
  "[data-guideline]": (button) => {
    const panel = document.getElementById("guideline");
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", !panel.hidden);
    localStorage.setItem("desk-guideline", panel.hidden ? "off" : "on");
  },
  "[data-dismiss]": (button) => {
    outbox.discard(button.value.split(" ")); // the keys of the verdicts that nobody needs any more, or none
    button.closest(".unsaved").remove();
  },
};

function act(key) {
  const item = items.shown;
  if (key === "?") return document.getElementById("keys").showModal() ?? true;
  if (key === "g") return document.querySelector("[data-guideline]")?.click() ?? true;
  const tags = item?.querySelector('[data-editor-of="tags"]');
  if (tags?.contains(document.activeElement)) {
    const tag = tags.querySelectorAll("input")[Number(key) - 1];
    if (tag) return tag.click() ?? true;
  }
  const place = item ?? document.querySelector("[data-ended]");
  const button = [...(place?.querySelectorAll("[data-key]") ?? [])].find((found) => found.dataset.key === key);
  if (!button) return false;
  button.click();
  return true;
}

document.addEventListener("click", (event) => {
  if (event.detail > 1 && event.target.closest(".verdicts button[name]")) return event.preventDefault(); // a double click
  for (const [selector, work] of Object.entries(ACTS)) {
    const button = event.target.closest(selector);
    if (button) return work(button, items.shown);
  }
});
document.addEventListener(
  "submit",
  (event) => {
    if (event.target.id === "undo") {
      event.preventDefault();
      return undo();
    }
    const item = event.target.closest(".item");
    if (!item) return;
    event.preventDefault();
    give(item, event.submitter?.value ?? "both_bad");
  },
  true,
);
document.addEventListener("input", (event) => {
  const item = event.target.closest?.(".item");
  if (!item) return;
  keepDraft(item);
  if (event.target.name !== "correction") return;
  showLiveDiff(item);
  if (!event.isComposing) suggestPhrases(event.target);
});
document.addEventListener("compositionend", (event) => {
  if (event.target.matches?.(".item [name=correction]")) suggestPhrases(event.target); // no input follows it everywhere
});
document.getElementById("skip").addEventListener("submit", sendBeforeSkip);
document.addEventListener("focusout", closePhrases);
window.addEventListener("pagehide", () => outbox.sayGoodbye());
window.addEventListener("pageshow", (event) => event.persisted && location.reload()); // what Back shows may be reviewed
window.addEventListener("online", () => outbox.flush().then(sendTags));

const guideline = document.querySelector("[data-guideline]");
if (guideline && localStorage.getItem("desk-guideline") !== "off") guideline.click();
if (items.shown) prepare(items.shown);
await outbox.load();
for (const entry of outbox.entries) if (outbox.isAbout(entry.verdict.item)) items.drop(entry.verdict.item);
listen({ shown: () => items.shown, act, leave, save: saveFromField });
desk.dataset.listens = "";
if (outbox.entries.length || items.all.length) outbox.flush();
else sendTags();
setInterval(() => document.hidden || outbox.flush(), RENEW_MS);
