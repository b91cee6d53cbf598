// Rows of cells -> aligned columns. Cells are user text: they are escaped, and measured as shown.
import { displayWidth, escapeText } from "../diagnostics/render-display.ts";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

type Paint = (text: string) => string;

const gap = "  ";

/** The lines of the table, its head first, without trailing blanks. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  head: Paint = (text) => text,
): readonly string[] {
  const cells = [columns.map((column) => column.title), ...rows.map((row) => row.map(escapeOne))];
  const widths = columns.map((_, index) =>
    cells.reduce((widest, row) => Math.max(widest, displayWidth(row[index] ?? "")), 0),
  );
  return cells.map((row, line) => {
    const padded = columns.map(({ align }, index) => {
      const cell = row[index] ?? "";
      const blank = " ".repeat((widths[index] ?? 0) - displayWidth(cell));
      return align === "right" ? blank + cell : cell + blank;
    });
    const text = padded.join(gap).trimEnd();
    return line === 0 ? head(text) : text;
  });
}

const escapeOne = (cell: string) => escapeText(cell);
