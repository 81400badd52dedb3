/**
 * What computes in a page: what the cells ask for, unless the reader has chosen.
 *
 * @module
 */
import { type Computes, type Computing } from "@/host/computing.ts";
import { type CellSettings, type FromCells } from "@/site/cell_messages.ts";

/**
 * The reader's say. What they have chosen and the browser has not is replaced by what the cell asks
 * for, and a warning says so.
 */
export function computingOf(
  { backend }: Pick<CellSettings, "backend">,
  tell: (message: FromCells) => void,
): Computing {
  return {
    async choose<Choice extends string, Started extends Computes>(
      asked: Choice,
      use: (choice: Choice) => Promise<Started>,
    ): Promise<Started> {
      const wanted = backend === "auto" ? asked : backend as Choice;
      let started: Started;
      try {
        started = await use(wanted);
      } catch (error) {
        if (wanted === asked) throw error;
        started = await use(asked);
        const reason = (error as Error).message.split(/[:.] /).at(1) ?? "it did not start";
        const warning = `You have chosen ${words(wanted)}, which cannot be had here (${reason})`;
        started = { ...started, warning: [warning, started.warning].filter(Boolean).join("; ") };
      }
      tell({ type: "computes", text: sentence(started) });
      return started;
    },
  };
}

/** Such as "WASM, 4 threads" or "WebGPU on NVIDIA H100". */
function sentence({ name, adapter, engine, warning }: Computes): string {
  const threads = engine?.description.match(/\d+ threads?/)?.[0];
  const what = [words(name) + (adapter ? ` on ${adapter}` : ""), ...threads ? [threads] : []];
  return `${what.join(", ")}${warning ? `. ${warning[0].toUpperCase()}${warning.slice(1)}` : ""}`;
}

function words(name: string): string {
  return { webgpu: "WebGPU", wasm: "WASM", cpu: "JavaScript alone" }[name] ?? name;
}
