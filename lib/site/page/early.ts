/**
 * A small script that runs before a page is seen: the theme that the reader has chosen, and on a
 * page that was opened as a file, how its cells can be made to run. Browsers load no modules from
 * files, so this is a script of the old kind and imports nothing.
 *
 * @module
 */

function beforeSeen(): void {
  const kept = keptTheme();
  if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
  if (location.protocol === "file:") addEventListener("DOMContentLoaded", sayHowToServe);
}

function keptTheme(): string | null {
  try {
    return localStorage.getItem("gan-workbook/theme");
  } catch {
    return null; // The reader has forbidden pages to keep anything.
  }
}

function sayHowToServe(): void {
  const note = document.createElement("p");
  note.className = "from-file";
  note.textContent = "This page was opened as a file. To run its cells, serve its folder: " +
    "README.txt, beside it, says how in one line.";
  document.querySelector("main")?.prepend(note);
}

beforeSeen();
