// The end of an exhaustive `switch`: the type checker proves that nothing gets here, and should it
// ever, that is said loudly.

/** Reaching it is a bug in the compiler, never the user's fault. */
export function unreachable(value: never): never {
  throw new Error(`bug in segc: unreachable ${JSON.stringify(value)}`);
}
