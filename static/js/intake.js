"use strict";

// "None of these" clears the others, and the others clear it. The server checks the same.
for (const group of document.querySelectorAll("[data-exclusive]")) {
  const exclusive = (box) => group.dataset.exclusive.split(" ").includes(box.value);
  group.addEventListener("change", ({ target }) => {
    if (!target.checked) return;
    for (const box of group.querySelectorAll("input")) {
      if (box !== target && exclusive(box) !== exclusive(target)) box.checked = false;
    }
  });
}

// One more row of a repeated group, without asking the server for it.
for (const rows of document.querySelectorAll("[data-rows]")) {
  const button = rows.querySelector("button[name=add]");
  button?.addEventListener("click", (event) => {
    const all = rows.querySelectorAll(".group");
    const number = all.length;
    event.preventDefault();
    const row = all[number - 1].cloneNode(true);
    row.innerHTML = row.innerHTML
      .replaceAll(`[${number - 1}].`, `[${number}].`)
      .replace(/(<legend>[^<]*?)\d+/, `$1${number + 1}`);
    for (const shown of row.querySelectorAll(".error")) shown.remove();
    for (const box of row.querySelectorAll("input, textarea, select")) {
      if (["checkbox", "radio"].includes(box.type)) box.checked = false;
      else box.value = "";
    }
    for (const field of row.querySelectorAll(".is-invalid")) field.classList.remove("is-invalid");
    all[number - 1].after(row);
    row.querySelector("input, textarea, select").focus();
    button.hidden = number + 1 >= Number(rows.dataset.most);
  });
}

// Print, or save as a file.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
