// What the real loader would refuse, or what this judge does not know: never guessed at.

/** A text that cannot be read; `line` counts from 1 in the text named. */
export class LoadFault extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(`line ${line}: ${message}`);
    this.name = "LoadFault";
    this.line = line;
  }
}
