/** Plays the worker of cells: it speaks the protocol, and knows a few words instead of the library. */
const say = (message) => postMessage(message);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const FIGURE = "application/vnd.gan-workbook.figure+json";
const figure = (title, ys) => ({
  data: [{ type: "scatter", mode: "lines", name: "a line", x: ys.map((_, i) => i), y: ys }],
  layout: {
    title: { text: title },
    xaxis: { title: { text: "x" } },
    yaxis: { title: { text: "y" } },
  },
});
const files = [];
let stopped = false;
const guesses = {};

const wordsOf = (id) => {
  const show = (data, displayId) =>
    say({
      type: "output",
      id,
      output: { output_type: "display_data", data, metadata: {} },
      displayId,
    });
  const drawn = (title, ys) => ({ "text/plain": `Figure "${title}"`, [FIGURE]: figure(title, ys) });
  return {
    pause,
    text: (text) => show({ "text/plain": text, "text/html": `<p>${text}</p>` }),
    print: (text) =>
      say({ type: "output", id, output: { output_type: "stream", name: "stdout", text } }),
    figure: (title, ys) => show(drawn(title, ys)),
    async live(steps) {
      show(drawn("Step 0", [0, 0, 0]), "live");
      for (let step = 1; step <= steps && !stopped; step++) {
        await pause(20);
        const output = { output_type: "display_data", data: drawn(`Step ${step}`, [0, step, 1]) };
        say({ type: "update", displayId: "live", output });
      }
      if (stopped) throw Object.assign(new Error("Stopped"), { name: "Interrupted" });
    },
    async forever() {
      for (;;) await pause(1000);
    },
    predict(id, guess) {
      guesses[id] = guess;
      const said = guess === undefined
        ? `Prediction ${id}: <span class="workbook-in-cell">replace it.</span> Or read on.`
        : `${JSON.stringify(guess)} is noted`;
      show({ "text/plain": said, "text/html": `<div class="workbook-verdict">${said}</div>` });
    },
    reveal: (id) =>
      show({ "text/plain": "", "text/html": `<p>You said ${JSON.stringify(guesses[id])}</p>` }),
    answer: (id, given) =>
      show({
        "text/plain": "",
        "text/html": `<p>Answer ${id}: ${typeof given} ${JSON.stringify(given)}</p>`,
      }),
    file(name, size) {
      say({ type: "download", name, bytes: new Uint8Array(size) });
      show({ "text/plain": "", "text/html": '<p class="workbook-file">run it</p>' });
    },
    fetching: (loaded, total) => say({ type: "fetching", name: "mnist", loaded, total }),
    files: () => files.join(),
  };
};

async function run({ id, number, code }) {
  stopped = false;
  say({ type: "began", id });
  const began = performance.now();
  const words = wordsOf(id);
  let ending = {};
  try {
    const body = code.replaceAll(/import .*? from "[^"]*";/g, "").replaceAll(
      /^const /gm,
      "globalThis.",
    );
    await new Function(...Object.keys(words), `return (async () => {${body}\n})()`)(
      ...Object.values(words),
    );
  } catch ({ name, message, line }) {
    ending = { error: { name, message, cell: number, line: line ?? 1, stack: "" } };
  }
  say({
    type: "ended",
    id,
    seconds: (performance.now() - began) / 1000,
    ...ending,
    ...(stopped ? { stopped } : {}),
  });
}

onmessage = async ({ data }) => {
  if (data.type === "start") {
    say({
      type: "computes",
      text: data.settings.isolated ? `${data.settings.backend}, 4 threads` : "one thread",
    });
    say({ type: "ready" });
  } else if (data.type === "run") { for (const cell of data.cells) await run(cell); }
  else if (data.type === "stop") stopped = true;
  else if (data.type === "file") files.push(data.name);
};
