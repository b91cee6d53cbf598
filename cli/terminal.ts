// What a verb may know of the world around the process. Tests hand in their own.
import type { UtcDate } from "../compiler/model/types.ts";

export interface Terminal {
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress, logs and what went wrong with the call itself. */
  readonly err: (text: string) => void;
  /** Everything on standard input; throws the system's error. */
  readonly input: () => Uint8Array;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** In UTC. */
  readonly today: () => UtcDate;
}
