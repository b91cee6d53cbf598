// The only way the pure rooms reach files. `host/` implements it for Node; tests and the browser
// implement it over a Map.

export type FileFault = "missing" | "is-directory" | "unreadable" | "too-large" | "not-utf8";

export type FileRead =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly fault: FileFault; readonly detail: string };

export interface Files {
  /** Reads a file whole; refuses one above `bytesMax`. Paths are relative to the project folder,
   * with forward slashes. Never throws. */
  readonly read: (path: string, bytesMax: number) => FileRead;
  /** Paths of the regular files under the project folder that match the glob, sorted. */
  readonly glob: (pattern: string) => readonly string[];
  /** Lower-case hexadecimal SHA-256. */
  readonly sha256: (bytes: Uint8Array) => string;
}
