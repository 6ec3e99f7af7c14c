/* Forms that lead to another page say on their button that the server is at work, and are sent once. */

/* Watch every form of the page that has a button with `data-busy`, its words while it works. */
export function markBusy() {
  document.addEventListener("submit", (event) => {
    const pressed = event.target.querySelector("[data-busy]");
    if (pressed !== null && pressed.getAttribute("aria-disabled") === "true") {
      event.preventDefault();
    } else if (pressed !== null) {
      pressed.dataset.idle = pressed.textContent;
      pressed.textContent = pressed.dataset.busy;
      pressed.setAttribute("aria-disabled", "true");
    }
  });
  // A page that comes back by the browser's own button is as it was left.
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-idle]").forEach((pressed) => {
    pressed.textContent = pressed.dataset.idle;
    pressed.removeAttribute("aria-disabled");
  }));
}
