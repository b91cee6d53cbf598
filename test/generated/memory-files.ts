// Files in a map, for tests: the same interface that `host/` implements for Node.
import { createHash } from "node:crypto";
import type { Files } from "../../project/files.ts";

export function memoryFiles(texts: ReadonlyMap<string, string | Uint8Array>): Files {
  const encoder = new TextEncoder();
  return {
    read: (path, bytesMax) => {
      const found = texts.get(path);
      if (found === undefined) {
        const isFolder = [...texts.keys()].some((other) => other.startsWith(`${path}/`));
        return { ok: false, fault: isFolder ? "is-directory" : "missing", detail: path };
      }
      const bytes = typeof found === "string" ? encoder.encode(found) : found;
      if (bytes.length > bytesMax) return { ok: false, fault: "too-large", detail: path };
      return { ok: true, bytes };
    },
    glob: (pattern) => {
      const regex = new RegExp(
        `^${pattern
          .replace(/[.+^${}()|[\]\\]/g, "\\$&")
          .replaceAll("**/", "(?:.*/)?")
          .replaceAll("*", "[^/]*")}$`,
      );
      return [...texts.keys()].filter((path) => regex.test(path)).sort();
    },
    sha256: (bytes) => createHash("sha256").update(bytes).digest("hex"),
  };
}
