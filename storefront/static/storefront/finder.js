// Asks the finder's questions one at a time. Answers live in the form alone: nothing is sent,
// nothing is stored, the address does not change.
import { conclude, nextQuestion } from "./finder-logic.js";

const form = document.querySelector("[data-finder]");
const questions = new Map([...form.querySelectorAll("[data-question]")].map((part) => [part.dataset.question, part]));
const widths = [...document.querySelectorAll("[data-picks]")].map((part) => ({
  number: Number(part.dataset.picks),
  mm: Number(part.dataset.mm),
}));
const asked = [];

/** The answers to the questions asked so far; later ones may belong to another path. */
function answers() {
  return Object.fromEntries(asked.map((name) => [name, answerTo(name)]));
}

function answerTo(name) {
  const part = questions.get(name);
  const control = part.querySelector("input:checked, select, input[type=number]");
  return control?.checkValidity() ? control.value : "";
}

function show(part) {
  for (const other of form.querySelectorAll("[data-question], [data-result]")) other.hidden = other !== part;
  form.querySelector("[data-back]").hidden = asked.length < 2 && !part.dataset.result;
  form.querySelector("[data-next]").hidden = Boolean(part.dataset.result);
  form.querySelector("[data-again]").hidden = !part.dataset.result;
  complain(part, false);
}

function focusOn(part) {
  part.querySelector("[data-focus]").focus();
}

function complain(part, wrong) {
  const message = part.querySelector(".wrong");
  if (!message) return;
  message.hidden = !wrong;
  for (const control of part.querySelectorAll("input, select")) {
    if (wrong) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

function ask(name) {
  asked.push(name);
  show(questions.get(name));
}

function next() {
  const current = asked[asked.length - 1];
  if (!answerTo(current)) {
    complain(questions.get(current), true);
    questions.get(current).querySelector("input, select").focus();
    return;
  }
  const name = nextQuestion(answers());
  if (name) ask(name);
  else tell(conclude(answers(), widths));
  focusOn(form.querySelector("[data-question]:not([hidden]), [data-result]:not([hidden])"));
}

function tell({ kind, size, want, reasons }) {
  const part = form.querySelector(`[data-result="${kind}"]`);
  for (const reason of part.querySelectorAll("[data-reason]")) reason.hidden = !reasons.includes(reason.dataset.reason);
  if (size) {
    const picks = document.querySelector(`[data-picks="${size}"]`);
    part.querySelector("[data-size]").textContent = picks.dataset.label;
    const copy = picks.querySelector(`[data-want="${want}"]`).cloneNode(true);
    part.querySelector("[data-chosen]").replaceChildren(copy);
  }
  show(part);
}

function back() {
  if (form.querySelector("[data-result]:not([hidden])")) show(questions.get(asked[asked.length - 1]));
  else {
    asked.pop();
    show(questions.get(asked[asked.length - 1]));
  }
  focusOn(questions.get(asked[asked.length - 1]));
}

function startAgain() {
  form.reset();
  asked.length = 0;
  ask("health");
  focusOn(questions.get("health"));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  next();
});
form.querySelector("[data-back]").addEventListener("click", back);
form.querySelector("[data-again]").addEventListener("click", startAgain);
form.reset();
form.hidden = false;
document.querySelector("[data-readable]").hidden = true;
ask("health");
