// Keeps the worklist fresh without losing place or typed text. Without a script the page reloads itself.
(() => {
  const every = 30000;
  async function refresh() {
    const list = document.getElementById("worklist");
    if (!list || document.hidden || list.querySelector("details[open] :focus")) return;
    const address = new URL(location.href);
    address.searchParams.set("refresh", list.dataset.refresh);
    let answer;
    try {
      answer = await fetch(address, { credentials: "same-origin" });
    } catch {
      return; // no network for a moment: the next try will do
    }
    if (answer.redirected) return location.assign(answer.url); // the session is over: leave the page
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("worklist");
    const held = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    if (fresh) list.replaceWith(fresh);
    if (held) [...fresh.querySelectorAll("a")].find((link) => link.getAttribute("href") === held)?.focus({ preventScroll: true });
    document.title = page.title;
  }
  setInterval(refresh, every);
})();
