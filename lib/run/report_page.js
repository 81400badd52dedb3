// Runs in the page of a report: draws the charts, goes through the grids and, on a live page, follows
// the training.

const byId = (id) => document.getElementById(id);
const dark = globalThis.matchMedia("(prefers-color-scheme: dark)");

/** What in a chart takes the colours of the page. */
function colours() {
  const text = getComputedStyle(document.body).color;
  const grid = dark.matches ? "#444" : "#ddd";
  return {
    "font.color": text,
    "xaxis.gridcolor": grid,
    "yaxis.gridcolor": grid,
    paper_bgcolor: "rgba(0, 0, 0, 0)",
    plot_bgcolor: "rgba(0, 0, 0, 0)",
    "modebar.bgcolor": "rgba(0, 0, 0, 0)",
    "modebar.color": "#888",
  };
}

/** The layout with other settings of its axes and margins. */
function merged(layout, changes) {
  const both = { ...layout };
  for (const [name, change] of Object.entries(changes)) both[name] = { ...layout[name], ...change };
  return both;
}

async function drawCharts(charts, config) {
  for (const { id, figure } of charts) {
    const { data, layout, narrow } = figure;
    const place = byId(id);
    const isNarrow = narrow !== undefined && place.clientWidth < narrow.below;
    await Plotly.newPlot(place, data, isNarrow ? merged(layout, narrow.layout) : layout, config);
    await Plotly.relayout(byId(id), colours());
  }
  dark.addEventListener("change", () => {
    for (const { id } of charts) Plotly.relayout(byId(id), colours());
  });
}

/** The slider over the grids: arrow keys and Home and End come with it. */
class Player {
  constructor(grids, what) {
    this.grids = grids;
    this.what = what;
    // The last one is in the page, for browsers that run no scripts.
    for (const grid of grids) grid.src ??= byId("grid").src;
    byId("when").addEventListener("input", () => {
      this.stop();
      this.draw();
    });
    byId("play").addEventListener("click", () => this.timer ? this.stop() : this.play());
    this.draw();
  }

  get at() {
    return Number(byId("when").value);
  }

  draw() {
    const { after, src } = this.grids[this.at] ?? {};
    if (src === undefined) return;
    byId("grid").src = src;
    byId("grid").alt = `${this.what} ${after}`;
    byId("caption").textContent = after;
    byId("when").setAttribute("aria-valuetext", after);
  }

  show(index) {
    byId("when").value = index;
    this.draw();
  }

  play() {
    if (this.at === this.grids.length - 1) this.show(0);
    byId("play").textContent = "Pause";
    this.timer = setInterval(() => {
      if (this.at >= this.grids.length - 1) this.stop();
      else this.show(this.at + 1);
    }, Math.max(80, Math.min(400, 8000 / this.grids.length)));
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    byId("play").textContent = "Play";
  }

  /** Adds a new grid, and shows it if the last one was being looked at. */
  add(grid) {
    if (this.grids.some(({ step }) => step === grid.step)) return;
    const atEnd = this.at >= this.grids.length - 1;
    this.grids.push(grid);
    this.grids.sort((one, other) => one.step - other.step);
    byId("when").max = this.grids.length - 1;
    if (atEnd && !this.timer) this.show(this.grids.length - 1);
  }
}

/** The value at a path of names with dots between them. */
const valueAt = (record, path) => path.split(".").reduce((at, name) => at?.[name], record);

/** Redraws the charts from the records, each at most once a second. */
class Follower {
  constructor(charts) {
    this.charts = charts;
    this.records = { events: [], quality: [] };
    this.waiting = new Set();
  }

  set(source, records) {
    this.records[source] = records;
    this.redraw(source);
  }

  add(source, records) {
    const last = this.records[source].at(-1)?.step ?? -1;
    this.records[source].push(...records.filter(({ step }) => step > last));
    this.redraw(source);
  }

  redraw(source) {
    if (this.waiting.has(source)) return;
    this.waiting.add(source);
    setTimeout(() => {
      this.waiting.delete(source);
      const records = this.records[source];
      const x = records.map(({ step }) => step);
      for (const { id, columns } of this.charts.filter((chart) => chart.source === source)) {
        const y = columns.map((name) => records.map((record) => valueAt(record, name) ?? null));
        Plotly.restyle(byId(id), { x: columns.map(() => x), y });
      }
    }, 1000);
  }
}

/** Follows a training by server-sent events. A browser that lost the connection gets it all again. */
function follow({ charts, grids, steps }, player) {
  const follower = new Follower(charts);
  const source = new EventSource(`events?after=${grids.at(-1)?.step ?? -1}`);
  const on = (name, hear) => source.addEventListener(name, ({ data }) => hear(JSON.parse(data)));
  const progress = (event) => {
    if (!event) return;
    byId("fact-step").textContent = `${event.step} of ${steps}, epoch ${event.epoch}`;
    byId("fact-seconds").textContent = `${event.seconds.toFixed(1)} s`;
  };
  const status = byId("status");
  const following = status.textContent;
  let ended = false;
  on("history", ({ events, quality }) => {
    follower.set("events", events);
    follower.set("quality", quality);
    progress(events.at(-1));
    status.textContent = following;
  });
  on("events", (events) => {
    follower.add("events", events);
    progress(events.at(-1));
  });
  on("quality", (quality) => follower.set("quality", quality));
  on("grid", (grid) => player.add(grid));
  on("end", ({ text }) => {
    ended = true;
    source.close();
    status.textContent = text;
  });
  source.onerror = () => {
    if (!ended) status.textContent = "The training is not answering; trying again.";
  };
}

// deno-lint-ignore no-unused-vars -- The page calls it.
async function show(run) {
  const player = new Player(run.grids, run.what);
  await drawCharts(run.charts, run.config);
  if (run.live) follow(run, player);
}
