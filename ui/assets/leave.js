// Leaving fast. Loaded first and on its own, so that the way out works before the rest of the page does, and without it.
// Hides the page, clears the talk and a reminder, tells the server to forget the talk, and replaces this page by a neutral one.

(() => {
  const WITHIN_MS = 5000;
  const PRESSES = 3;
  const NEUTRAL = document.currentScript.dataset.exit;
  let shifts = [];

  window.coachThread = ""; // the talk's thread, kept up to date by talk.js

  // a journal stays: it can be evidence
  function clear() {
    try {
      for (const name of ["coach.talk", "coach.reminder"]) localStorage.removeItem(name);
    } catch {
      // storage is forbidden in this browser: then nothing was kept either
    }
  }

  function forget() {
    if (window.coachThread) navigator.sendBeacon("/leave", window.coachThread);
    window.coachThread = "";
  }

  window.leaveFast = () => {
    document.documentElement.style.display = "none";
    document.title = "";
    clear();
    forget();
    document.body?.replaceChildren();
    location.replace(NEUTRAL);
  };

  function isWriting(target) {
    return target instanceof Element && target.closest("textarea, [contenteditable], input:not([type=checkbox])") !== null;
  }

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Shift" || isWriting(event.target)) {
        shifts = [];
        return;
      }
      if (event.repeat) return;
      shifts = shifts.filter((at) => event.timeStamp - at <= WITHIN_MS);
      shifts.push(event.timeStamp);
      if (shifts.length >= PRESSES) window.leaveFast();
    },
    true,
  );

  document.addEventListener(
    "click",
    (event) => {
      if (event.target instanceof Element && event.target.closest("[data-leave]")) window.leaveFast();
    },
    true,
  );

  // A page that is closed, reloaded or left is forgotten on the server too, unless this tab's talk is kept. What is kept in the
  // browser is not touched: it may be another tab's.
  window.addEventListener("pagehide", () => {
    if (!window.coachKeeps) forget();
  });

  // a browser that held the page for its back button would show the talk again
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.documentElement.style.display = "none";
    location.reload();
  });
})();
