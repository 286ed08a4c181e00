// What is typed at the desk stays in this browser, by account and item, until a verdict has saved it.
"use strict";

function draftKey() {
  const { account, item } = document.getElementById("desk").dataset;
  return `draft-${account}-${item}`;
}

const fields = () => [...document.querySelectorAll("#verdict textarea")];

function keepDraft() {
  localStorage.setItem(draftKey(), JSON.stringify(Object.fromEntries(fields().map((text) => [text.name, text.value]))));
}

function restoreDraft() {
  const draft = JSON.parse(localStorage.getItem(draftKey()) || "{}");
  for (const text of fields()) {
    if (!(text.name in draft)) continue;
    text.value = draft[text.name];
    if (text.value) text.closest(".editor").hidden = false;
  }
}

function forgetDraft() {
  localStorage.removeItem(draftKey());
}
