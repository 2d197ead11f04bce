// Leaving fast. Loaded first and on its own, so that the way out works before the rest of the page does, and without it.
// Hides the page, clears the talk, tells the server to forget it, and replaces this page by a neutral one.

(() => {
  const WITHIN_MS = 5000;
  const PRESSES = 3;
  let shifts = [];

  window.coachThread = ""; // the talk's thread, kept up to date by talk.js

  function forget() {
    try {
      localStorage.removeItem("coach.talk");
    } catch {
      // storage is forbidden in this browser: then nothing was kept either
    }
    if (window.coachThread) navigator.sendBeacon("/leave", window.coachThread);
    window.coachThread = "";
  }

  window.leaveFast = () => {
    document.documentElement.style.display = "none";
    document.title = "";
    const words = document.getElementById("words");
    const to = words ? JSON.parse(words.dataset.words).exit_url : "about:blank";
    forget();
    document.body.replaceChildren();
    location.replace(to);
  };

  function isWriting(target) {
    return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
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
      if (event.target instanceof Element && event.target.closest("#leave")) window.leaveFast();
    },
    true,
  );

  // a page that is closed or reloaded is forgotten too, unless she switched keeping on
  window.addEventListener("pagehide", (event) => {
    if (!event.persisted && !window.coachKeeps) forget();
  });
})();
