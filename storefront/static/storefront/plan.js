// The plan's page: fills forms from this browser's storage and writes back what is typed. Asks the
// server for nothing. It shows the person's own plan and never says which size comes next.
import { empty, erase, keep, load, onOtherTab, parse } from "./plan-store.js";
import { runTimer } from "./plan-timer.js";

const root = document.querySelector(".plan");
const find = (selector) => root.querySelector(selector);
const [tools, gate, form, diaryForm] = [
  "[data-plan-tools]",
  "[data-plan-gate]",
  "[data-plan-form]",
  "[data-diary-form]",
].map(find);
const status = find("[data-plan-status]");
let data = load();
let asked = false;

const timer = runTimer(find("[data-timer]"), (minutes) => {
  diaryForm.elements.minutes.value = minutes;
});

// --- closed in quiet mode, and after somebody left in a hurry -------------------------------------

const left = () => document.cookie.split("; ").includes("left=1");
const isQuiet = () => document.documentElement.hasAttribute("data-quiet-mode");

function showOrHide() {
  const closed = (isQuiet() || left()) && !asked;
  tools.hidden = closed;
  gate.hidden = !closed;
  showSummary(closed);
}

find("[data-plan-open]").addEventListener("click", () => {
  asked = true;
  showOrHide();
  form.querySelector("input").focus();
});
new MutationObserver(() => {
  asked = false;
  showOrHide();
}).observe(document.documentElement, { attributeFilter: ["data-quiet-mode"] });

// --- from the data to the page ---------------------------------------------------------------------

function fillForm() {
  for (const box of form.querySelectorAll("input[type=checkbox]"))
    box.checked = data.plan[box.name].includes(Number(box.value));
  for (const name of ["minutes", "said", "notes"]) form.elements[name].value = data.plan[name] ?? "";
}

function showOffers() {
  const wanted = data.plan.sizes.filter((size) => !data.plan.have.includes(size));
  const offers = [...root.querySelectorAll("[data-offer]")];
  for (const offer of offers) offer.hidden = !wanted.includes(Number(offer.dataset.offer));
  find("[data-offers]").hidden = offers.every((offer) => offer.hidden);
}

function showDiary() {
  const body = find("[data-entries]");
  find("[data-diary]").hidden = data.diary.length === 0;
  body.replaceChildren(...data.diary.map((entry) => row(entry, body.dataset)));
}

function row(entry, words) {
  const cells = [entry.date, entry.size ?? "–", entry.minutes ?? "–", entry.comfort, entry.notes].map(cell);
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "text-button";
  remove.textContent = words.removeShort;
  remove.setAttribute("aria-label", words.remove.replace("{date}", entry.date));
  remove.addEventListener("click", () => {
    data.diary = data.diary.filter((other) => other !== entry);
    changed();
    find("#plan-diary").focus();
  });
  const last = document.createElement("td");
  last.append(remove);
  const line = document.createElement("tr");
  line.append(...cells, last);
  return line;
}

function cell(value) {
  const made = document.createElement("td");
  made.textContent = value;
  return made;
}

function showSummary(closed) {
  const written = JSON.stringify(data) !== JSON.stringify(empty());
  find("[data-summary]").hidden = closed || !written;
  find("[data-paper]").classList.toggle("no-print", written && !closed);
  const days = [...form.querySelectorAll("[name=days]:checked")].map((box) => box.dataset.word);
  const shown = { ...data.plan, sizes: data.plan.sizes.join(", "), days: days.join(", ") };
  for (const part of root.querySelectorAll("[data-show]")) part.textContent = shown[part.dataset.show] || "–";
  drawChart();
}

function drawChart() {
  const marks = data.diary.map((entry) => entry.comfort);
  const chart = find("[data-chart]");
  const drawing = chart.querySelector("svg");
  chart.hidden = marks.length < 2;
  if (chart.hidden) return;
  const places = marks.map((mark, at) => [24 + (290 * at) / (marks.length - 1), 104 - 9.4 * mark]);
  drawing.querySelector("polyline").setAttribute("points", places.map((place) => place.join(",")).join(" "));
  for (const dot of drawing.querySelectorAll("circle")) dot.remove();
  for (const [x, y] of places) drawing.append(dotAt(x, y));
  const words = { count: marks.length, first: marks[0], last: marks[marks.length - 1] };
  drawing.setAttribute(
    "aria-label",
    drawing.dataset.label.replace(/\{(\w+)\}/g, (_, name) => words[name]),
  );
}

function dotAt(x, y) {
  const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  for (const [name, value] of Object.entries({ cx: x, cy: y, r: 3.2 })) dot.setAttribute(name, value);
  return dot;
}

function show() {
  fillForm();
  refresh();
}

function refresh() {
  showOffers();
  showDiary();
  showOrHide();
  timer.suggest(data.plan.minutes);
}

function say(name) {
  status.textContent = status.dataset[name];
}

function changed(words = "saved") {
  say(keep(data) ? words : "notKept");
  refresh();
}

// --- from the page to the data ---------------------------------------------------------------------

const ticked = (name) => [...form.querySelectorAll(`[name=${name}]:checked`)].map((box) => Number(box.value));
const number = (control) => (control.value !== "" && control.checkValidity() ? Number(control.value) : null);

form.addEventListener("input", () => {
  data.plan = {
    sizes: ticked("sizes"),
    have: ticked("have"),
    days: ticked("days"),
    minutes: number(form.elements.minutes),
    said: form.elements.said.value,
    notes: form.elements.notes.value,
  };
  changed();
});
form.addEventListener("submit", (event) => event.preventDefault());

function today() {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
}

function startEntry() {
  diaryForm.reset();
  diaryForm.elements.date.value = today();
}

diaryForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const { date, size, minutes, comfort, notes } = diaryForm.elements;
  data.diary.push({
    date: date.value,
    comfort: Number(comfort.value),
    size: size.value ? Number(size.value) : null,
    minutes: number(minutes),
    notes: notes.value,
  });
  data.diary.sort((one, other) => one.date.localeCompare(other.date));
  startEntry();
  changed();
});

find("[data-print]").addEventListener("click", () => window.print());
find("[data-save]").addEventListener("click", () => {
  const link = document.createElement("a");
  const address = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }));
  link.href = address;
  link.download = "plan.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 0);
});
find("[data-load]").addEventListener("change", async (event) => {
  const read = parse((await event.target.files[0]?.text()) ?? "");
  event.target.value = "";
  if (!read) {
    say("wrong");
    return;
  }
  data = read;
  fillForm();
  changed("loaded");
});
find("[data-erase]").addEventListener("click", () => {
  if (!window.confirm(status.dataset.sure)) return;
  erase();
  data = empty();
  startEntry();
  show();
  say("erased");
});
onOtherTab(() => {
  data = load();
  show();
});

find("[data-without-script]").hidden = true;
find("#plan-diary").tabIndex = -1;
startEntry();
show();
