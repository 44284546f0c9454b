"use strict";

// "None of these" clears the others, and the others clear it. The server checks the same.
for (const group of document.querySelectorAll("fieldset")) {
  const exclusive = (box) => (box.dataset.exclusive || "").split(" ").includes(box.value);
  group.addEventListener("change", ({ target }) => {
    if (target.type !== "checkbox" || !target.checked || !target.dataset.exclusive) return;
    for (const box of group.querySelectorAll("input[type=checkbox]")) {
      if (box !== target && exclusive(box) !== exclusive(target)) box.checked = false;
    }
  });
}
