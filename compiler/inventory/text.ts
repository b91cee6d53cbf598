// What may be the name of a workload, a realm, an enforcer, an interface, or the text of a label:
// one line of printable text that fits a message, a file and a comment of an artefact.

/** Most bytes of UTF-8 that a name may have: that of a DNS name. */
export const nameBytesMax = 253;

const plain = /^[\x20-\x7e]{1,253}$/;
/** Control and format characters (direction-changing ones too), line ends, lone surrogates. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Why the text cannot be used; undefined when it can. */
export function textFault(text: string): "empty" | "too-long" | "control" | undefined {
  if (plain.test(text)) return undefined;
  if (text === "") return "empty";
  // A UTF-16 unit takes one to three bytes: most texts need no encoding to be judged.
  if (text.length > nameBytesMax) return "too-long";
  if (hidden.test(text)) return "control";
  return new TextEncoder().encode(text).length > nameBytesMax ? "too-long" : undefined;
}
