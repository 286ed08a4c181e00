// The text fields of an item: the correction inside the better card, the note, the tags.
import { paint } from "./diff.js";
import { fieldsOf, keepDraft } from "./drafts.js";
import { word } from "./words.js";

const editorOf = (item, name) => item.querySelector(`[data-editor-of="${name}"]`);
const answerOf = (item, place) => item.querySelector(`[data-answer="${place}"]`);
const OTHER = { left: "right", right: "left" };

export const textOf = (item, place) => {
  const text = answerOf(item, place).textContent;
  return text === "∅" ? "" : text;
};

export function openEditor(item, name) {
  if (name === "correction") return openCorrection(item);
  const editor = editorOf(item, name);
  editor.hidden = false;
  editor.querySelector("textarea, input").focus();
}

// A second E edits the other answer, as long as nothing was changed.
function openCorrection(item) {
  const editor = editorOf(item, "correction");
  const field = editor.querySelector("textarea");
  const keeps = item.dataset.corrects && !isUnchanged(item);
  const side = keeps ? item.dataset.corrects : (item.dataset.next ?? item.dataset.better);
  if (!keeps && (!field.value || field.value === textOf(item, OTHER[side]))) field.value = textOf(item, side);
  placeCorrection(item, side);
  field.focus();
}

// Inside the card of the answer that is corrected.
export function placeCorrection(item, side) {
  const editor = editorOf(item, "correction");
  item.dataset.corrects = side;
  item.dataset.next = OTHER[side];
  item.querySelector(`[data-side="${side}"]`).append(editor);
  editor.querySelector("[data-starts-as]").textContent =
    `· ${word("starts")} ${item.querySelector(`[data-side="${side}"] h2`).textContent}`;
  editor.hidden = false;
  showLiveDiff(item);
}

// Which verdict Ctrl+Enter gives: the one chosen before, else the answer that was corrected is the better one; null where
// a note alone was written, which chooses nothing.
export function choiceOf(item) {
  const corrected = isUnchanged(item) ? null : (item.dataset.corrects ?? item.dataset.better);
  return item.querySelector(".chosen")?.value ?? corrected;
}

function isUnchanged(item) {
  const text = editorOf(item, "correction").querySelector("textarea").value.trim();
  return !text || text === textOf(item, item.dataset.corrects ?? "right").trim();
}

export function showLiveDiff(item) {
  const editor = editorOf(item, "correction");
  if (editor.hidden || !item.dataset.corrects) return;
  const text = editor.querySelector("textarea").value;
  paint(editor.querySelector("[data-live-diff]"), text, textOf(item, item.dataset.corrects), "ins");
}

// A field in which nothing was written closes; a text stays in sight, since the verdict will save it.
export function leaveField(item, field) {
  const editor = field?.closest(".editor");
  if (editor && isEmpty(item, editor)) {
    if (field.matches("textarea")) field.value = "";
    editor.hidden = true;
    keepDraft(item);
  }
  field?.blur();
}

export const isWriting = (field) => Boolean(field?.closest(".editor"));

function isEmpty(item, editor) {
  const name = editor.dataset.editorOf;
  if (name === "correction") return isUnchanged(item);
  return name === "tags" ? !editor.querySelector(":checked") : editor.querySelector("textarea").value === "";
}

// Half of a character, as a browser may let it be pasted, cannot be stored.
const whole = (text) => text.toWellFormed?.() ?? text;

// What the form of an item says, as the server takes it.
export function verdictOf(item, choice, seconds) {
  const form = new FormData(item.querySelector("form"));
  const texts = Object.fromEntries(fieldsOf(item).map((field) => [field.name, whole(field.value)]));
  if (isUnchanged(item)) texts.correction = "";
  return {
    item: Number(item.dataset.item),
    key: form.get("key"),
    revision: Number(form.get("revision")),
    preference: choice,
    seconds,
    tags: form.getAll("tags"),
    signals: form.getAll("signals"),
    ...texts,
  };
}

// A key of its own for the next time that this form is sent: it will say something else.
export function renewKey(item) {
  item.querySelector("[name=key]").value = newKey();
}

// `crypto.randomUUID` is there only on localhost and behind TLS.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
