// What lives in this browser, and only where she switched it on. Every name begins with "coach.".

const PREFIX = "coach.";

export function get(name) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name));
  } catch {
    return null;
  }
}

export function set(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
    return true;
  } catch {
    return false; // full, or forbidden: nothing is kept, and the page goes on
  }
}

// calls the listener when another tab wrote or erased what has this name
export function hear(name, listener) {
  window.addEventListener("storage", (event) => {
    if (event.key === PREFIX + name || event.key === null) listener();
  });
}

export function remove(name) {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // forbidden: there is nothing to remove
  }
}
