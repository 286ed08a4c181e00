// The desk at the keyboard: one key gives the verdict. Off while somebody types, also with an input method.
"use strict";

let shownAt = performance.now();
let composing = false;

const desk = () => document.getElementById("desk");
const draftKey = () => `draft-${desk()?.dataset.item}`;

function isTyping(event) {
  const target = event.target;
  return composing || event.isComposing || event.keyCode === 229 || target.matches?.("input, textarea, select");
}

function toggleEditor(name) {
  const editor = document.getElementById(`${name}-editor`);
  if (!editor) return;
  editor.hidden = false;
  const text = editor.querySelector("textarea");
  if (name === "correction" && !text.value) text.value = editor.dataset.suggestion;
  text.focus();
}

function pressKey(event) {
  if (event.key === "Escape") return document.activeElement?.blur();
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key === "?") return document.getElementById("keys")?.showModal();
  const button = desk()?.querySelector(`[data-key="${event.key.toLowerCase()}"]`);
  if (!button || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  button.click();
}

// From here on keys act at once. Those of early_keys.js act now, on the item that was shown when they were pressed.
function takeOverKeys() {
  document.removeEventListener("keydown", rememberKey);
  document.addEventListener("keydown", pressKey);
  for (const { event, item } of earlyKeys.splice(0)) {
    if (item !== desk()?.dataset.item) continue;
    if (!typeInto(document.activeElement, event)) pressKey(event);
  }
}

// What follows an early E or N was meant for the field that this key has opened only now.
function typeInto(field, event) {
  if (event.key.length !== 1 || !field.matches("#desk textarea")) return false;
  field.setRangeText(event.key, field.value.length, field.value.length, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

function keepDraft(event) {
  if (event.target.matches?.("#desk textarea")) {
    const values = [...desk().querySelectorAll("textarea")].map((text) => [text.name, text.value]);
    sessionStorage.setItem(draftKey(), JSON.stringify(Object.fromEntries(values)));
  }
}

function restoreDraft() {
  shownAt = performance.now();
  const draft = JSON.parse(sessionStorage.getItem(draftKey()) || "{}");
  for (const [name, value] of Object.entries(draft)) {
    const text = desk()?.querySelector(`textarea[name="${name}"]`);
    if (!text || !value) continue;
    text.value = value;
    text.closest(".editor").hidden = false;
  }
}

document.addEventListener("compositionstart", () => (composing = true));
document.addEventListener("compositionend", () => (composing = false));
document.addEventListener("input", keepDraft);
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-editor]");
  if (opener) toggleEditor(opener.dataset.editor);
  if (event.target.closest("[data-keys]")) document.getElementById("keys")?.showModal();
});
document.addEventListener("submit", (event) => {
  const seconds = event.target.querySelector('[name="seconds"]');
  if (seconds) seconds.value = ((performance.now() - shownAt) / 1000).toFixed(1);
  event.submitter?.classList.add("chosen");
}, true);
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "desk" && event.detail.xhr.status === 200) sessionStorage.removeItem(draftKey());
});
document.addEventListener("htmx:afterSettle", restoreDraft);
document.addEventListener("DOMContentLoaded", restoreDraft);
document.addEventListener("DOMContentLoaded", takeOverKeys); // after htmx, whose own listener came first
