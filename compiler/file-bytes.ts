// The bytes of a file of an artefact, from its text and back. All but one kind are UTF-8;
// `registry.pol` of Windows' group policy is UTF-16 units throughout, little-endian, sizes and
// numbers among them (MS-GPREG 2.2.1), so its text is those units.

const isOfUnits = (path: string) => path.endsWith(".pol");

export function bytesOfText(path: string, text: string): Uint8Array {
  if (!isOfUnits(path)) return new TextEncoder().encode(text);
  const bytes = new Uint8Array(text.length * 2);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    bytes[2 * at] = unit & 255;
    bytes[2 * at + 1] = unit >> 8;
  }
  return bytes;
}

/** What a file system is given to write: text is UTF-8 there by itself. */
export const contentOf = (path: string, text: string): string | Uint8Array =>
  isOfUnits(path) ? bytesOfText(path, text) : text;

/** A mark at the start stays: it is a byte of the file. A last odd byte makes a unit of its own, which no file of ours has. */
export function textOfBytes(path: string, bytes: Uint8Array): string {
  if (!isOfUnits(path)) return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const parts: string[] = [];
  const units = Array.from({ length: Math.ceil(bytes.length / 2) }, (_, at) => {
    const [low = 0, high] = bytes.subarray(2 * at, 2 * at + 2);
    return low + (high ?? 255) * 256;
  });
  // WHY in pieces: a call takes some 100,000 arguments at most.
  for (let at = 0; at < units.length; at += 10_000) {
    parts.push(String.fromCharCode(...units.slice(at, at + 10_000)));
  }
  return parts.join("");
}
