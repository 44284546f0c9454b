"use strict";

// A button that asks for a passkey does nothing before allauth's scripts hold it, so it can be pressed only then.
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-passkey]")) button.disabled = false;
});

// The browser's dialog was closed, or there is no such passkey.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.querySelector("[data-passkey-failed]").hidden = false;
});
