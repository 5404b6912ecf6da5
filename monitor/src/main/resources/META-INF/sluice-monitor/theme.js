// Light or dark: as the system is, until somebody chooses.

import { attribute } from "./format.js";

/** Paints the page, and calls `repaint` whenever that changes. */
export function themed(repaint) {
  const button = document.getElementById("theme");
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");

  function theme(dark) {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    attribute(button, "aria-pressed", dark);
    repaint();
  }

  const chosen = localStorage.getItem("sluice-theme");
  theme(chosen ? chosen === "dark" : prefersDark.matches);
  prefersDark.addEventListener("change", (event) => {
    if (!localStorage.getItem("sluice-theme")) theme(event.matches);
  });
  button.addEventListener("click", () => {
    const dark = document.documentElement.dataset.theme !== "dark";
    localStorage.setItem("sluice-theme", dark ? "dark" : "light");
    theme(dark);
  });
}
