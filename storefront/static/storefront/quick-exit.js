// Leave quickly: the button, or Shift three times. The page goes at once, its place in the
// history is taken by the neutral site, the server is told to close private pages in this
// browser, and Back does not show ours again. What the browser has written down, it keeps.
"use strict";

(() => {
  const LEFT = "left";
  const link = document.querySelector("a[data-leave]");
  if (!link) return;

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

  const hide = () => {
    document.title = document.documentElement.dataset.shop;
    document.body.hidden = true;
  };
  const leave = () => {
    hide();
    store(true);
    fetch("/leave/", { method: "POST", keepalive: true, redirect: "error" }).catch(() => {});
    location.replace(link.href);
  };

  // Whoever comes by Back is sent away again; whoever opens the shop anew is welcome.
  const cameBack = () => performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (hasLeft()) {
    if (cameBack()) {
      hide();
      location.replace(link.href);
      return;
    }
    store(false);
  }
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && hasLeft()) {
      hide();
      location.replace(link.href);
    }
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("a[data-leave]")) return;
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
