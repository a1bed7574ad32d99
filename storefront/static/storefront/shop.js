// Small comforts. Every page works without this file.
"use strict";

// When a fragment cannot be had, say so beside the button that asked for it.
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, (event) => {
    const status = event.target.querySelector(".form-status");
    if (status) status.textContent = document.body.dataset.failed;
  });
}

// Pages are kept for everybody, so the token of a form is made when it is sent.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.parameters.form_token === "page") detail.parameters.form_token = Date.now().toString(36);
});

// A pressed button says that it works, and its form is sent no second time before there is an
// answer. A file to be saved leaves the page as it is, so after a while the button can be had again.
const AGAIN_AFTER_MS = 15_000;
const AFTER_A_FILE_MS = 2000;
const sending = new Map();
const rest = (form) => {
  const { button, words } = sending.get(form) ?? {};
  sending.delete(form);
  if (!button) return;
  for (const name of ["aria-busy", "aria-disabled"]) button.removeAttribute(name);
  button.replaceChildren(...words);
};
const press = (form, submitter) => {
  if (sending.has(form)) return false;
  const button = submitter ?? form.querySelector("button:not([type=button])");
  sending.set(form, { button, words: [...(button?.childNodes ?? [])] });
  setTimeout(rest, "file" in form.dataset ? AFTER_A_FILE_MS : AGAIN_AFTER_MS, form);
  if (!button) return true;
  button.style.minWidth = `${button.offsetWidth}px`;
  for (const name of ["aria-busy", "aria-disabled"]) button.setAttribute(name, "true");
  button.replaceChildren(document.body.dataset.sending);
  return true;
};
document.addEventListener("submit", (event) => {
  // What htmx or a script of the page sends in its own way is already prevented here.
  if (!event.defaultPrevented && !press(event.target, event.submitter)) event.preventDefault();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  const sent = requestConfig.triggeringEvent;
  if (sent?.type === "submit" && !press(elt, sent.submitter)) event.preventDefault();
});
document.addEventListener("htmx:afterRequest", ({ detail }) => rest(detail.requestConfig?.elt ?? detail.elt));
window.addEventListener("pageshow", () => [...sending.keys()].forEach(rest));

// The answer can stand below the screen.
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.matches?.(".form-status")) target.scrollIntoView({ block: "nearest" });
});

// What was done to the basket is said aloud; it takes the focus if the button that had it is gone.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const said = document.querySelector("#basket [data-said]");
  if (!said || detail.target.id !== "basket") return;
  if (document.activeElement === document.body) said.focus();
  else document.getElementById("said").textContent = said.querySelector("p").textContent.trim();
});

// Where a form's first button is not the main one, Enter presses it in its search alone.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-enter]");
  if (event.key !== "Enter" || event.isComposing || !form) return;
  if (!event.target.matches(`input:not([name="postcode"])`)) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[data-main]"));
});

// htmx notes the address of the page in the tab's storage; it works without, so nothing is kept.
const forget = () => {
  try {
    sessionStorage.removeItem("htmx-current-path-for-history");
  } catch {
    // The browser keeps nothing, so neither does htmx.
  }
};
forget();
for (const name of ["htmx:pushedIntoHistory", "htmx:replacedInHistory", "htmx:historyRestore"]) {
  document.addEventListener(name, forget);
}

// An answer can need a script of its own, which is fetched once.
document.addEventListener("htmx:afterSwap", ({ target }) => {
  const src = target.querySelector?.("[data-script]")?.dataset.script;
  if (!src || document.querySelector(`script[src="${src}"]`)) return;
  document.head.append(Object.assign(document.createElement("script"), { src }));
});
