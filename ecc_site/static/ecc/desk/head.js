// The line over the desk: how far the round is, and what is not sent yet.
const find = (name) => document.querySelector(`.desk-head [data-${name}]`);

// `unsent` verdicts of this page are counted as given: that is what the person has done.
export function showProgress(unsent, news = null) {
  const progress = find("progress");
  if (news) {
    progress.dataset.done = news.done;
    progress.dataset.wanted = news.wanted;
    find("mine").dataset.mine = news.mine;
  }
  const [done, wanted] = [Number(progress.dataset.done) + unsent, Number(progress.dataset.wanted)];
  const percent = wanted ? Math.min(100, Math.floor((100 * done) / wanted)) : 0;
  progress.textContent = `${done} / ${wanted}`;
  find("mine").textContent = Number(find("mine").dataset.mine) + unsent;
  find("bar").setAttribute("aria-valuenow", percent);
  find("bar").firstElementChild.style.width = `${percent}%`;
}

export function showSync(unsent, isStuck) {
  const state = !unsent ? "saved" : isStuck ? "waiting" : "sending";
  for (const shown of find("sync").children) {
    shown.hidden = shown.dataset.state !== state;
    const count = shown.querySelector("[data-count]");
    if (count) count.textContent = unsent;
  }
}

export function showPace(perHour) {
  find("pace").hidden = perHour === null;
  find("pace").firstElementChild.textContent = perHour ?? "";
}
