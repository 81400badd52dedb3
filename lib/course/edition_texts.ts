/**
 * Texts of the students' edition that the full workbook does not have: its README, and the workflow
 * of a classroom repository.
 *
 * @module
 */
import { type TitledNotebook } from "./edition.ts";

/** What the README tells. */
export interface ReadmeFacts {
  /** The version of Deno. */
  deno: string;
  notebooks: TitledNotebook[];
  assignments: TitledNotebook[];
  /** Tasks of deno.json with what they do. */
  tasks: { name: string; description: string }[];
}

/** The README. */
export function studentReadme({ deno, notebooks, assignments, tasks }: ReadmeFacts): string {
  const [first] = assignments.map(({ name }) => name);
  const npx = `npx -y deno@${deno}`;
  return `# GAN workbook, students' edition

Generative adversarial nets, taught by making every equation run: notebooks to work through, a GAN
that trains on MNIST in your terminal, the library behind both, and your assignments.

## Start

You need [Node.js](https://nodejs.org) 20 or later and Jupyter (Debian:
\`apt install jupyter-notebook jupyter-nbconvert\`; elsewhere \`pip install notebook\`, or VS Code
with its Jupyter extension). In this folder:

\`\`\`sh
${npx} task kernel       # once: installs a Deno kernel for your Jupyter
jupyter notebook notebooks/        # or JupyterLab, or VS Code
\`\`\`

The first command fetches the packages and MNIST, about 470 MB in Deno's cache. Afterwards you can
work without a network. With [Deno](https://deno.com) ${deno} installed, write \`deno\` in place of
\`${npx}\`, as below.

## The notebooks

${list(notebooks)}

Do not only read them: predict, run, compare, answer, try. Nobody else sees what you guess.

## The assignments

${list(assignments)}

Work in the file itself. A cell that checks your function says that its visible checks hold, or what
it expected and what came. To begin an assignment anew, copy it from \`handouts/\`.

## Try your work

\`\`\`sh
deno task check ${first}      # one assignment
deno task check                # all of them
\`\`\`

This runs your functions as they will be run when they are graded: in a process of their own that
may read no file and ask no network, within ten seconds for each call. It says which visible checks
hold, and of the others which cells they are about, what was expected and what came. Code cells are
counted from the top, from 1, as Jupyter numbers them when you run them all. When your work is
graded, hidden checks with other inputs are run as well, and a person reads your answers in words.
Import nothing beyond what the notebook imports: the process has nothing else.

## Hand in

Hand in the notebook, under the name that it has, in the way that your course has told you. If this
folder is a repository of a classroom on GitHub, commit and push it: with every push the workflow in
\`.github/workflows/check.yml\` runs the visible checks of each assignment.

## Commands

${
    tasks.map(({ name, description }) =>
      `- \`deno task ${name}\`: ${description.replace(/ Try: .*/, "")}`
    ).join("\n")
  }

All of them have \`--help\`. Pages to read on: [Notebooks](docs/notebooks.md) (the kernel, what works
in which front end), [Training](docs/training.md), [Evaluation](docs/evaluation.md),
[Performance](docs/performance.md), [Experiments](docs/experiments.md), [Data](data/README.md).
They also name programs in \`tools/\` and \`tests/\`, which only the full workbook has.

MIT for the project ([LICENSE](LICENSE)). MNIST and the packages have licences of their own.
`;
}

/** The workflow: a job for each assignment, so that each has a mark of its own. */
export function checkWorkflow(assignments: string[]): string {
  return `name: check

# The visible checks of each assignment, in the sandbox in which it will be graded.
on:
  push:
  workflow_dispatch:

permissions:
  contents: read

jobs:
  visible-checks:
    name: \${{ matrix.assignment }}
    strategy:
      fail-fast: false
      matrix:
        assignment: [${assignments.join(", ")}]
    runs-on: ubuntu-latest
    timeout-minutes: 20
    env:
      NO_COLOR: "1"
    steps:
      - uses: actions/checkout@v4
      - uses: denoland/setup-deno@v2
        with:
          deno-version-file: .deno-version
          cache: true
      - run: deno task check \${{ matrix.assignment }}
`;
}

function list(notebooks: TitledNotebook[]): string {
  return notebooks.map(({ path, title }) => `- [${title}](${path})`).join("\n");
}
