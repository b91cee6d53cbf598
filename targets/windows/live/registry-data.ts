// Data of values of the registry by their type ([MS-RRP] 3.1.1.5).

export const textOf = (bytes: Uint8Array) =>
  new TextDecoder("utf-16le").decode(bytes).replace(/\0+$/, "");

/** Of strings and numbers, in either order of their bytes. */
export function dataOf(type: number, data: Uint8Array): number | string | undefined {
  if (type === 1 || type === 2) return textOf(data);
  if (type !== 4 && type !== 5 && type !== 11) return undefined;
  const own = type === 5 ? data.toReversed() : data;
  return own.length < 4 ? undefined : own.reduce((sum, byte, at) => sum + byte * 256 ** at, 0);
}
