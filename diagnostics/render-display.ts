// User text -> what may safely stand on a terminal, and how many columns it takes there. Control
// and direction characters are shown as `\u001b`, so that a policy cannot drive the terminal or
// hide what it says; tabs become spaces; wide and combining characters are counted as shown.

/** A piece of text that takes its columns as a whole. Offsets are into the text given. */
export interface Cell {
  readonly start: number;
  readonly end: number;
  readonly shown: string;
  readonly width: number;
}

const tabWidth = 4;
// Everything that draws nothing of its own but moves, hides or reorders; the joiners stay, since
// they make one sign of several.
const unsafe = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const everyUnsafe = new RegExp(unsafe, "gu");
const printableAscii = /^[\x20-\x7e]*$/;
const zeroWidth = /^[\p{M}\u200c\u200d]/u;
// East Asian Wide and Fullwidth (Unicode annex 11), and what is drawn as a picture.
const wide =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18d08}\u{1aff0}-\u{1b2fb}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;
const pictureSelector = "\ufe0f";

/** One unsafe character, written so that it can be read. */
type Escape = (character: string) => string;

/** The text with every character that could drive or deceive a terminal written as an escape. */
export function escapeText(text: string, written: Escape = escapeCharacter): string {
  return printableAscii.test(text) ? text : text.replace(everyUnsafe, written);
}

/** Columns that the text takes once escaped. */
export function displayWidth(text: string): number {
  if (printableAscii.test(text)) return text.length;
  return cellsOf(text).reduce((sum, cell) => sum + cell.width, 0);
}

/** The text as cells, from left to right; a tab reaches to the next stop. */
export function cellsOf(text: string): readonly Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  const add = (start: number, end: number, shown: string, width: number) => {
    cells.push({ start, end, shown, width });
    column += width;
  };
  for (const { start, sign } of signsOf(text)) {
    if (sign === "\t") {
      const width = tabWidth - (column % tabWidth);
      add(start, start + 1, " ".repeat(width), width);
    } else if (unsafe.test(sign)) {
      for (const [at, character] of charactersOf(sign)) {
        const shown = escapeText(character);
        const width = shown === character ? signWidth(character) : shown.length;
        add(start + at, start + at + character.length, shown, width);
      }
    } else {
      add(start, start + sign.length, sign, signWidth(sign));
    }
  }
  return cells;
}

function* signsOf(text: string): Iterable<{ readonly start: number; readonly sign: string }> {
  if (printableAscii.test(text)) {
    for (let start = 0; start < text.length; start++) yield { start, sign: text.charAt(start) };
    return;
  }
  for (const { index, segment } of new Intl.Segmenter("en").segment(text)) {
    yield { start: index, sign: segment };
  }
}

function* charactersOf(text: string): Iterable<readonly [number, string]> {
  let at = 0;
  for (const character of text) {
    yield [at, character];
    at += character.length;
  }
}

function signWidth(sign: string): number {
  if (zeroWidth.test(sign)) return 0;
  return wide.test(sign) || sign.includes(pictureSelector) ? 2 : 1;
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return code > 0xffff ? `\\u{${digits}}` : `\\u${digits.padStart(4, "0")}`;
}
