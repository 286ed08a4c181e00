// The sentences of the page that the script shows, in the language of the page.
export const word = (name) => document.querySelector(`#words [data-word="${name}"]`).textContent;

export function hint(text) {
  const place = document.querySelector("[data-hint]");
  place.textContent = text;
  place.hidden = !text;
}

export function announce(text) {
  document.querySelector("[data-announce]").textContent = text;
}
