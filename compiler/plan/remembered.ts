// Answers that are computed once for each object asked about: sets and programs are shared objects,
// so identity is a quick and sufficient key.

/** `compute`, remembering its answers for as long as their keys live. */
export function remembered<Key extends object, Value extends object>(
  compute: (key: Key) => Value,
): (key: Key) => Value {
  const known = new WeakMap<Key, Value>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = compute(key);
    known.set(key, value);
    return value;
  };
}
