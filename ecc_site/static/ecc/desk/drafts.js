// What is typed at the desk stays in this browser, by account and item, until a verdict has saved it.
const account = () => document.getElementById("desk").dataset.account;
const nameOf = (item) => `draft-${account()}-${item.dataset.item}`;
export const fieldsOf = (item) => [...item.querySelectorAll("textarea")];

export function keepDraft(item) {
  const texts = Object.fromEntries(fieldsOf(item).map((text) => [text.name, text.value]));
  localStorage.setItem(nameOf(item), JSON.stringify({ ...texts, corrects: item.dataset.corrects }));
}

export function keepWhatIsWritten(item) {
  if (fieldsOf(item).some((field) => field.value)) keepDraft(item);
}

export function restoreDraft(item) {
  const draft = JSON.parse(localStorage.getItem(nameOf(item)) || "{}");
  for (const text of fieldsOf(item)) {
    if (!(text.name in draft)) continue;
    text.value = draft[text.name];
    if (text.value) text.closest(".editor").hidden = false;
  }
  if (draft.correction && draft.corrects) item.dataset.corrects = draft.corrects;
}

export function forgetDraft(item) {
  localStorage.removeItem(nameOf(item));
}
