// Where a file that segc should have written says something else.

export class RulesetFault extends Error {
  readonly line: number;
  /** Undefined for the main file of the artefact. */
  readonly path: string | undefined;
  constructor(line: number, message: string, path?: string) {
    super(message);
    this.line = line;
    this.path = path;
  }
}
