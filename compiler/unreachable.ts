/** Ends an exhaustive `switch`: reaching it is a bug in the compiler, never the user's fault. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
