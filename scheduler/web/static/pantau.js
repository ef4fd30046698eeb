// Comforts only: every page works without this file.
"use strict";

const search = document.getElementById("q");

// "/" goes to the search box, j and k walk through the results.
document.addEventListener("keydown", (event) => {
  const typing = /^(?:INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  }
  if (event.key === "j" || event.key === "k") {
    const links = [...document.querySelectorAll(".results > li > :is(h2, h3) > a")];
    const here = links.indexOf(document.activeElement);
    const next = event.key === "j" ? here + 1 : Math.max(here - 1, 0);
    links[next]?.focus();
  }
});

// Fields left empty, or at what is usual, stay out of the address, so that it can be read and kept.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", () => {
    if (form.method !== "get") return;
    const usual = (field) => !field.value || (field.dataset.usual ?? null) === field.value;
    const empty = [...form.elements].filter((field) => field.name && usual(field));
    for (const field of empty) field.disabled = true;
    setTimeout(() => empty.forEach((field) => { field.disabled = false; }));
  });
}

// On a narrow screen the filters wait folded, unless some are on.
const filters = document.querySelector("details.filters");
if (filters && !document.querySelector(".chips") && matchMedia("(max-width: 40rem)").matches) filters.open = false;
