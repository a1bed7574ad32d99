// Quiet mode: while it is on, every page is called by the shop's name alone, with a plain icon,
// so that tabs and the history say nothing more. Kept in this browser only. Loaded before the
// page is drawn; without scripts there is no quiet mode, and the switch stays hidden.
"use strict";

(() => {
  const KEY = "quiet";
  const root = document.documentElement;
  const shop = root.dataset.shop;
  const full = document.title;
  const icon = document.querySelector('link[rel="icon"]');
  const fullIcon = icon?.href;

  const isOn = () => {
    try {
      return localStorage.getItem(KEY) === "1";
    } catch {
      return false;
    }
  };

  const apply = () => {
    const quiet = isOn();
    if (document.title !== (quiet ? shop : full)) document.title = quiet ? shop : full;
    root.toggleAttribute("data-quiet-mode", quiet); // pictures of products wait until asked for
    if (icon) icon.href = quiet ? icon.dataset.plain : fullIcon;
    for (const button of document.querySelectorAll("[data-quiet]")) {
      button.dataset.off ??= button.textContent; // the page has both texts, in its language
      button.hidden = false;
      button.setAttribute("aria-pressed", String(quiet));
      button.textContent = quiet ? button.dataset.on : button.dataset.off;
    }
  };

  apply();
  document.addEventListener("DOMContentLoaded", apply);
  window.addEventListener("storage", apply);
  // A fragment may bring another title along.
  new MutationObserver(() => {
    if (isOn() && document.title !== shop) document.title = shop;
  }).observe(document.querySelector("title"), { childList: true });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-show-pictures]")) root.toggleAttribute("data-pictures", true);
    if (!event.target.closest("[data-quiet]")) return;
    try {
      isOn() ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, "1");
    } catch {
      // The browser keeps nothing, so neither do we.
    }
    apply();
  });
})();
