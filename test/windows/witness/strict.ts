// The refusals every reader of the witness shares: what is not exactly as documented is an error.

export function refuse(message: string): never {
  throw new Error(message);
}

/** A text for a message: short, and with nothing a terminal would act on. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

/** A whole number in decimal, without sign, space or leading zeros. */
export function decimal(text: string, { what, max }: { what: string; max: number }): number {
  if (!/^(0|[1-9][0-9]{0,9})$/.test(text)) refuse(`${what} is no number: ${quoted(text)}`);
  const value = Number(text);
  if (value > max) refuse(`${what} is above ${max}: ${text}`);
  return value;
}

/** What a word stands for; only the words of the table are words. */
export function meaning<T>(words: Readonly<Record<string, T>>, word: string, what: string): T {
  const found = Object.entries(words).find(([known]) => known === word);
  return found === undefined ? refuse(`${what} cannot be ${quoted(word)}`) : found[1];
}

/** Puts a value into a map that must not have the key yet. */
export function putOnce<K, V>(map: Map<K, V>, key: K, value: V): void {
  if (map.has(key)) refuse(`${quoted(String(key))} stands twice`);
  map.set(key, value);
}

/** The one match of an expression, or a refusal. */
export function matched(pattern: RegExp, text: string, what: string): RegExpExecArray {
  return pattern.exec(text) ?? refuse(`${what} is malformed: ${quoted(text)}`);
}
