"use strict";

// Copy what a box holds, and say so. Without a script the box is selected and copied by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  const box = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector("[data-copied]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    box.select();
    try {
      await navigator.clipboard.writeText(box.value);
    } catch {
      document.execCommand("copy"); // an older browser, or an address without https
    }
    status.textContent = status.dataset.copied;
  });
}
