// Beside what is typed: the checks, each leading to its words, and the page drawn anew. Without a script the button
// "Show what is typed" does it, and each check names its line.
(() => {
  const frame = document.querySelector("iframe[name=preview]");
  const show = document.querySelector("button[formtarget=preview]");
  const checks = document.getElementById("checks");
  if (!frame || !show || !checks) return;
  const form = show.form;
  show.hidden = true; // the page shows what is typed by itself
  let wait, running;

  function select({ field, line, words }) {
    const box = form.elements[field];
    if (!box) return;
    const from = box.value.split("\n").slice(0, line).reduce((sum, before) => sum + before.length + 1, 0);
    let start = box.value.indexOf(words, from);
    if (start < 0) start = box.value.indexOf(words);
    const end = start < 0 ? (box.value + "\n").indexOf("\n", from) : start + words.length;
    if (start < 0) start = from;
    box.setSelectionRange(start, start);
    box.blur();
    box.focus(); // the box scrolls to where it is written in
    box.setSelectionRange(start, end);
    box.scrollIntoView({ block: "nearest" });
  }

  // Take the checks out of a drawn page and put them here, as buttons.
  function takeChecks(page) {
    const found = page.querySelector(".checks");
    if (!found) return;
    for (const item of found.querySelectorAll("li[data-field]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...item.childNodes);
      button.addEventListener("click", () => select(item.dataset));
      item.append(button);
    }
    found.querySelector(".lines")?.remove(); // for those who have no script to find a line
    const open = checks.querySelector("details")?.open;
    if (open !== undefined && found.querySelector("details")) found.querySelector("details").open = open;
    checks.replaceChildren(found);
  }

  async function refresh() {
    running?.abort();
    running = new AbortController();
    let answer, page;
    try {
      answer = await fetch(show.formAction, { method: "POST", body: new FormData(form), signal: running.signal });
      if (!answer.ok || answer.redirected) return; // the button will say why
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return; // typed on, or no network for a moment
    }
    takeChecks(page);
    const view = frame.contentWindow;
    const place = view.scrollY;
    const open = [...view.document.querySelectorAll("details")].map((part) => part.open);
    view.document.body.replaceWith(page.body);
    view.document.querySelectorAll("details").forEach((part, number) => (part.open ||= open[number]));
    view.scrollTo({ top: place, behavior: "instant" });
  }

  frame.addEventListener("load", () => takeChecks(frame.contentDocument));
  if (frame.contentDocument?.readyState === "complete") takeChecks(frame.contentDocument);
  form.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(refresh, 600);
  });
})();
