// How the parts of a message look. Rendering takes this as an argument and stays pure; only the
// command line knows whether there is a terminal with colours.

type Paint = (text: string) => string;

export interface Style {
  readonly error: Paint;
  readonly warning: Paint;
  readonly note: Paint;
  readonly help: Paint;
  readonly added: Paint;
  readonly removed: Paint;
  readonly strong: Paint;
  readonly faint: Paint;
}

const plain: Paint = (text) => text;

/** No colours: files, pipes and tests. */
export const plainStyle: Style = {
  error: plain,
  warning: plain,
  note: plain,
  help: plain,
  added: plain,
  removed: plain,
  strong: plain,
  faint: plain,
};
