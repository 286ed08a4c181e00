// What differs between two texts, token by token: characters of Chinese, words of other scripts.
const TOKEN = /[\p{Script=Han}]|[\p{L}\p{N}]+|\s+|[^\s]/gu;
const MOST = 1_500; // tokens in the middle of which each is compared with each

// Pieces of `text` as [piece, whether it is missing in `other`].
export function pieces(text, other) {
  const [own, others] = [text, other].map((all) => all.match(TOKEN) ?? []);
  const [start, end] = sameEnds(own, others);
  const middle = own.slice(start, own.length - end);
  const kept = commonTokens(middle, others.slice(start, others.length - end));
  const flags = own.map((_, i) => i >= start && i < own.length - end && !kept.has(i - start));
  return join(own, flags);
}

function sameEnds(own, others) {
  const shorter = Math.min(own.length, others.length);
  let start = 0;
  while (start < shorter && own[start] === others[start]) start += 1;
  let end = 0;
  while (end < shorter - start && own[own.length - 1 - end] === others[others.length - 1 - end]) end += 1;
  return [start, end];
}

// Places in `own` of a longest common subsequence; none where the texts are too long for it.
function commonTokens(own, others) {
  const kept = new Set();
  if (own.length > MOST || others.length > MOST) return kept;
  const width = others.length + 1;
  const lengths = new Uint16Array((own.length + 1) * width);
  for (let i = own.length - 1; i >= 0; i -= 1)
    for (let j = others.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        own[i] === others[j]
          ? lengths[(i + 1) * width + j + 1] + 1
          : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
  for (let i = 0, j = 0; i < own.length && j < others.length; ) {
    if (own[i] === others[j]) {
      kept.add(i);
      i += 1;
      j += 1;
    } else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) i += 1;
    else j += 1;
  }
  return kept;
}

function join(tokens, flags) {
  const joined = [];
  tokens.forEach((token, i) => {
    const last = joined.at(-1);
    if (last && last[1] === flags[i]) last[0] += token;
    else joined.push([token, flags[i]]);
  });
  return joined;
}

// Fill an element with the text, what differs underlined.
export function paint(element, text, other, tag = "u") {
  element.replaceChildren(
    ...pieces(text, other).map(([piece, differs]) => {
      if (!differs || !piece.trim()) return piece;
      const mark = document.createElement(tag);
      mark.textContent = piece;
      return mark;
    }),
  );
}
