/** The notebooks that these tests run: the course's own, and one that has everything in it. */
import { findNotebooks } from "@/notebook/notebook_files.ts";

export const FIXTURE = "tests/notebook/fixtures/machinery.ipynb";
export const NOTEBOOKS = [
  FIXTURE,
  ...await findNotebooks("notebooks"),
  ...await findNotebooks("notebooks/assignments"),
];
