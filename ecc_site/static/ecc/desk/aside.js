// Verdicts that were refused and have no place on this page: what they say, and the way to their round.
const CLOSED = [404, 410]; // the round cannot be opened any more

// The texts of these verdicts, given in one round, stay in the browser until the person discards them.
export function showAside(entries, message, { isOfAnother, status }) {
  const notice = document.getElementById("aside").content.firstElementChild.cloneNode(true);
  const find = (name) => notice.querySelector(`[data-${name}]`);
  const [{ address, round }] = entries;
  find("round").textContent = round ?? "";
  find("message").textContent = message;
  find("count").textContent = entries.length;
  find("text").textContent = textOf(entries);
  if (!textOf(entries)) find("text").remove();
  find("open").href = new URL("..", new URL(address, location));
  if (!isOfAnother || CLOSED.includes(status)) find("open").remove();
  find("discard").value = entries.map((entry) => entry.key).join(" ");
  document.querySelector("[data-notices]").append(notice);
}

const textOf = (entries) =>
  entries
    .flatMap(({ verdict }) => [verdict.correction, verdict.note])
    .filter(Boolean)
    .join("\n\n");
