// Colours, where they are wanted: `--color`, then NO_COLOR, then FORCE_COLOR, then the terminal.
import { styleText } from "node:util";
import { plainStyle, type Style } from "../diagnostics/render-style.ts";
import type { Options } from "./call.ts";
import type { Terminal } from "./terminal.ts";

type Paints = Parameters<typeof styleText>[0];

const paint = (format: Paints) => (text: string) =>
  text === "" ? text : styleText(format, text, { validateStream: false });

const coloured: Style = {
  error: paint(["bold", "red"]),
  warning: paint(["bold", "yellow"]),
  note: paint(["bold", "blue"]),
  help: paint(["bold", "green"]),
  added: paint("green"),
  removed: paint("red"),
  strong: paint("bold"),
  faint: paint("dim"),
};

export function styleFor({ color }: Options, terminal: Terminal, isTerminal: boolean): Style {
  return wantsColour(color, terminal, isTerminal) ? coloured : plainStyle;
}

function wantsColour(
  color: Options["color"],
  { environment }: Terminal,
  isTerminal: boolean,
): boolean {
  if (color !== "auto") return color === "always";
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return isTerminal && TERM !== "dumb";
}
