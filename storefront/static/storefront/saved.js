"use strict";

// What guests save for later: numbers of what is sold, in this browser's storage and nowhere else.
// In quiet mode nothing is kept or shown until somebody asks.
const SAVED = "saved";
const readSaved = () => {
  try {
    const ids = JSON.parse(localStorage.getItem(SAVED) ?? "[]");
    return Array.isArray(ids) ? ids.filter(Number.isInteger).slice(0, 40) : [];
  } catch {
    return [];
  }
};
const writeSaved = (ids) => {
  try {
    if (ids.length) localStorage.setItem(SAVED, JSON.stringify(ids.slice(0, 40)));
    else localStorage.removeItem(SAVED);
    return true;
  } catch {
    return false;
  }
};
const isQuiet = () => document.documentElement.hasAttribute("data-quiet-mode");
const show = (answer, which) => {
  for (const part of answer.children) part.hidden = !part.matches(which);
};
const keepSaved = (answer) => {
  const id = Number(answer.dataset.saveHere);
  const kept = writeSaved([id, ...readSaved().filter((other) => other !== id)]);
  show(answer, kept ? "[data-kept]" : "[data-not-kept]");
};
const answerTo = (answer) => {
  if (!answer) return;
  if (isQuiet()) show(answer, "[data-ask]");
  else keepSaved(answer);
};
// The answer that asked for this script is there already; those to come are swapped in.
for (const answer of document.querySelectorAll("[data-save-here]")) answerTo(answer);
document.addEventListener("htmx:afterSwap", ({ target }) => answerTo(target.querySelector?.("[data-save-here]")));

const savedList = document.querySelector("[data-saved-list]");
const showSaved = () => {
  document.querySelector("[data-saved-quiet]").hidden = true;
  const values = { variants: readSaved().join(" ") };
  window.htmx.ajax("POST", savedList.dataset.rows, { target: savedList, values });
};
if (savedList && isQuiet()) document.querySelector("[data-saved-quiet]").hidden = false;
else if (savedList) showSaved();

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-save-anyway]")) keepSaved(target.closest("[data-save-here]"));
  if (target.closest("[data-show-saved]")) showSaved();
});
// On a guest's list the forms change what the browser keeps; moving goes on to the basket.
document.addEventListener("submit", (event) => {
  const { moves, unsaves } = event.target.dataset;
  if (!savedList || !(moves || unsaves)) return;
  writeSaved(unsaves === "all" ? [] : readSaved().filter((id) => id !== Number(moves ?? unsaves)));
  if (!unsaves) return;
  event.preventDefault();
  showSaved();
});

// In an account, what the browser kept before can be added to it; what is there already is dropped here.
const merge = document.querySelector("[data-merges]");
if (merge) {
  writeSaved(readSaved().filter((id) => !document.querySelector(`[data-unsaves="${id}"]`)));
  merge.hidden = isQuiet() || !readSaved().length;
  for (const id of readSaved()) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: "variant", value: id });
    merge.append(field);
  }
}
