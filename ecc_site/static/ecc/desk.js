// The desk at the keyboard: one key gives the verdict. Off while somebody types, also with an input method.
"use strict";

const SEEN_MS = 250; // before that nobody has looked at an item that was painted

let shownAt = performance.now();
let composing = false;
let seen = true; // whether somebody can have looked at the item on the screen
let onItsWay = false; // a verdict or an undo has been sent, and what follows is not painted yet
let typedMeanwhile = false;
let waitingKey = ""; // of the keys pressed while nothing may be given, the first; it is for what is painted next

const desk = () => document.getElementById("desk");
const buttonOf = (key) => [...desk().querySelectorAll("[data-key]")].find((button) => button.dataset.key === key);
const isField = (element) => Boolean(element?.matches?.("input, textarea, select"));

// --- keys

function pressKey(event) {
  if (composing || event.isComposing || event.keyCode === 229) return;
  if (event.key === "Escape") return leaveField(document.activeElement);
  if (isField(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "?") return document.getElementById("keys")?.showModal();
  const button = buttonOf(event.key.toLowerCase());
  if (!button) return;
  event.preventDefault();
  button.click();
}

// Undo takes back a key that still waits, before it takes back a verdict.
function wait(key) {
  waitingKey = key === "z" && waitingKey ? "" : waitingKey || key || "";
}

// From here on keys act at once. Those of early_keys.js act now, on the item that was shown when they were pressed.
function takeOverKeys() {
  document.removeEventListener("keydown", rememberKey);
  document.addEventListener("keydown", pressKey);
  for (const { event, item } of earlyKeys.splice(0)) {
    if (item !== desk().dataset.item) continue;
    if (!typeInto(document.activeElement, event)) pressKey(event);
  }
  waitingKey = ""; // none of them was meant for the next item
}

// What follows an early E or N was meant for the field that this key has opened only now.
function typeInto(field, event) {
  if (event.key.length !== 1 || !field.matches("#desk textarea")) return false;
  field.setRangeText(event.key, field.value.length, field.value.length, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

// --- editors

function openEditor(name) {
  const editor = document.getElementById(`${name}-editor`);
  if (!editor) return;
  editor.hidden = false;
  const text = editor.querySelector("textarea");
  if (!text.value) text.value = editor.dataset.suggestion ?? "";
  text.focus();
}

// A field in which nothing was written closes; a text stays in sight, since the verdict will save it.
function leaveField(field) {
  const editor = field?.closest(".editor");
  if (editor && [editor.dataset.suggestion ?? "", ""].includes(field.value)) {
    field.value = "";
    editor.hidden = true;
    keepDraft();
  }
  field?.blur();
}

// --- a verdict or an undo on its way

function send(event) {
  if (!event.target.matches("#verdict, #undo")) return;
  if (onItsWay || !seen) return holdBack(event);
  onItsWay = true;
  typedMeanwhile = false;
  const seconds = event.target.querySelector('[name="seconds"]');
  if (seconds) seconds.value = ((performance.now() - shownAt) / 1000).toFixed(1);
  desk().querySelector(".chosen")?.classList.remove("chosen");
  event.submitter?.classList.add("chosen");
}

function holdBack(event) {
  event.preventDefault();
  event.stopPropagation();
  wait(event.submitter?.dataset.key);
}

function receive(event) {
  const { target, xhr, pathInfo } = event.detail;
  if (target.id !== "desk") return;
  if (typedMeanwhile) return stay(event.detail);
  if (xhr.status === 200 && pathInfo.requestPath.endsWith("/verdict/")) forgetDraft();
}

// Somebody is still writing about the item on the screen: the next one would get what they type.
function stay(detail) {
  detail.shouldSwap = false;
  onItsWay = false;
  waitingKey = "";
  const received = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
  desk().querySelector("[data-progress]").textContent = received.querySelector("[data-progress]")?.textContent ?? "";
  desk().querySelector("[data-unsaved]").hidden = false;
}

function giveUp() {
  onItsWay = false;
  waitingKey = "";
  desk().querySelector(".chosen")?.classList.remove("chosen");
}

// --- the next item

function showItem() {
  onItsWay = seen = false;
  shownAt = performance.now();
  restoreDraft();
  const shown = desk();
  requestAnimationFrame(() => setTimeout(() => shown === desk() && actOnSeen(), SEEN_MS));
}

function actOnSeen() {
  const key = waitingKey;
  seen = true;
  waitingKey = "";
  if (key && !isField(document.activeElement)) buttonOf(key)?.click();
}

document.addEventListener("compositionstart", () => (composing = true));
document.addEventListener("compositionend", () => (composing = false));
document.addEventListener("input", (event) => {
  if (!event.target.matches?.("#verdict textarea")) return;
  typedMeanwhile ||= onItsWay;
  keepDraft();
});
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-editor]");
  if (opener) openEditor(opener.dataset.editor);
  if (opener && onItsWay) wait(opener.dataset.key);
  if (event.target.closest("[data-keys]")) document.getElementById("keys")?.showModal();
  if (event.detail > 1 && event.target.closest(".verdicts")) event.preventDefault(); // of a double click, the second
});
document.addEventListener("submit", send, true);
document.addEventListener("htmx:beforeSwap", receive);
document.addEventListener("htmx:afterSettle", showItem);
window.addEventListener("pageshow", (event) => event.persisted && location.reload()); // what Back shows may be reviewed
for (const failure of ["htmx:sendError", "htmx:responseError"]) document.addEventListener(failure, giveUp);
document.addEventListener("DOMContentLoaded", restoreDraft);
document.addEventListener("DOMContentLoaded", takeOverKeys); // after htmx, whose own listener came first
