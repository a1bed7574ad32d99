// Leave quickly: the button, or Shift three times. The page goes at once, its place in the
// history is taken by the neutral site, other tabs of the shop leave with it, private pages close
// in this browser, and Back does not show ours again. What the browser has written down, it keeps.
// Without this file the button is a form: it asks the server, which does all but the other tabs.
"use strict";

(() => {
  const LEFT = "left";
  const button = document.querySelector("[data-leave]");
  if (!button) return;

  const store = (value) => {
    try {
      value ? sessionStorage.setItem(LEFT, "1") : sessionStorage.removeItem(LEFT);
    } catch {
      // Without storage the private pages are still closed by the server.
    }
  };
  const hasLeft = () => {
    try {
      return sessionStorage.getItem(LEFT) === "1";
    } catch {
      return false;
    }
  };
  // Other tabs hear of it at once; nothing stays in the storage.
  const tellOtherTabs = () => {
    try {
      localStorage.setItem(LEFT, "1");
      localStorage.removeItem(LEFT);
    } catch {
      // They find the cookie when they are looked at.
    }
  };
  const isClosed = () => document.cookie.split("; ").includes(`${LEFT}=1`);
  const wasClosed = isClosed();

  const hide = () => {
    document.title = document.documentElement.dataset.shop;
    document.body.hidden = true;
  };
  const goAway = () => {
    hide();
    store(true);
    location.replace(button.dataset.leave);
  };
  const leave = () => {
    const secure = location.protocol === "https:" ? "; secure" : "";
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store answers too late
    document.cookie = `${LEFT}=1; path=/; samesite=lax${secure}`;
    tellOtherTabs();
    goAway();
  };

  // Whoever comes by Back is sent away again; whoever opens the shop anew is welcome.
  const cameBack = () => performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (hasLeft()) {
    if (cameBack()) {
      goAway();
      return;
    }
    store(false);
  }
  // A page that the browser kept, or another tab, from before somebody left.
  const look = () => {
    if (hasLeft() || (isClosed() && !wasClosed)) goAway();
  };
  window.addEventListener("pageshow", (event) => event.persisted && look());
  document.addEventListener("visibilitychange", look);
  window.addEventListener("storage", (event) => {
    if (event.key === LEFT && event.newValue) goAway();
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-leave]")) return;
    event.preventDefault();
    leave();
  });

  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      presses = []; // capital letters are typed with Shift, too
      return;
    }
    if (event.repeat) return;
    presses = [...presses.filter((at) => event.timeStamp - at < 1500), event.timeStamp];
    if (presses.length === 3) leave();
  });
})();
