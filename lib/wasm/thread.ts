/**
 * What a pool of threads and each of its threads have in common: words of control at the start of a
 * memory that all of them share, and modules that run in it.
 *
 * A thread sleeps until the generation rises. If it is invited by then it takes part in the job: it
 * calls the `run` of the last module with the words of the job. Which part of the job is its own is
 * for the modules to find out, by counters in the memory.
 *
 * @module
 */

/** Words of control at the start of the memory. */
export const CONTROL = {
  /** Rises with each job: what sleeping threads watch. */
  generation: 0,
  /** How many words the job has, and then these. */
  jobLength: 1,
  job: 2,
  /** One word for each thread. */
  states: 16,
  /** How many words there are in all. */
  words: 1024,
} as const;

/** What a thread's word says. One that failed is gone, and its part of the job is not done. */
export const STATE = { absent: 0, idle: 1, invited: 2, busy: 3, failed: 4 } as const;

/**
 * Modules by name, in the order in which they are instantiated. Each may import the memory, as
 * `env.memory`, and what a module before it exports, under that one's name.
 */
export type Modules = Record<string, WebAssembly.Module>;

/** What a thread is started with. */
export interface ThreadData {
  modules: Modules;
  memory: WebAssembly.Memory;
  /** The index of its word. */
  state: number;
}

/** What the last of the modules exports for the pool. It is called with the words of a job. */
export interface JobExports {
  /** Takes part in a job, and returns when nothing is left to be taken. */
  run(...job: number[]): void;
  /** Called after `run` has failed: lets the others pass where they wait for what it did not do. */
  abandon?(...job: number[]): void;
}

/** Instantiates modules one after another; what the last one exports. */
export function instantiate(modules: Modules, memory: WebAssembly.Memory): JobExports {
  const imports: WebAssembly.Imports = { env: { memory } };
  let exports: WebAssembly.Exports = {};
  for (const [name, module] of Object.entries(modules)) {
    ({ exports } = new WebAssembly.Instance(module, imports));
    imports[name] = { ...exports };
  }
  return exports as unknown as JobExports;
}

/** What a thread does all its life. It never returns, and throws what a job throws. */
export function serveJobs({ modules, memory, state }: ThreadData): never {
  const { run, abandon } = instantiate(modules, memory);
  const control = new Int32Array(memory.buffer, 0, CONTROL.words);
  const become = (next: number) => {
    Atomics.store(control, state, next);
    Atomics.notify(control, state);
  };
  let seen = Atomics.load(control, CONTROL.generation);
  become(STATE.idle);
  while (true) {
    Atomics.wait(control, CONTROL.generation, seen);
    seen = Atomics.load(control, CONTROL.generation);
    // The invitation may have been withdrawn by now.
    if (Atomics.compareExchange(control, state, STATE.invited, STATE.busy) !== STATE.invited) {
      continue;
    }
    const job = control.subarray(CONTROL.job, CONTROL.job + control[CONTROL.jobLength]);
    try {
      run(...job);
    } catch (error) {
      abandon?.(...job);
      become(STATE.failed);
      throw error;
    }
    become(STATE.idle);
  }
}
