// Whether somebody is composing with an input method: its keys mean nothing to a page.
let composing = false;

document.addEventListener("compositionstart", () => (composing = true));
document.addEventListener("compositionend", () => (composing = false));

export const isComposing = (event) => composing || event.isComposing || event.keyCode === 229;
