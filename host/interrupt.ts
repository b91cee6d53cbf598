// Signals while something must not be left half done. Only around the writing of files: during
// pure computation the default holds, and Ctrl-C ends the process at once.

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs with a signal that is aborted when the process is asked to end. */
export async function withInterrupt<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  for (const signal of signals) process.on(signal, abort);
  try {
    return await run(controller.signal);
  } finally {
    for (const signal of signals) process.off(signal, abort);
  }
}
