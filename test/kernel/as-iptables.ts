// A project whose hosts have iptables where they had nftables: its inventory is read with the one
// word exchanged for the other.
import type { Files } from "../../project/files.ts";

export function asIptables(files: Files): Files {
  return {
    ...files,
    read: (path, bytesMax) => {
      const read = files.read(path, bytesMax);
      if (!read.ok || !path.startsWith("inventory")) return read;
      const text = new TextDecoder().decode(read.bytes).replaceAll("nftables", "iptables");
      return { ok: true, bytes: new TextEncoder().encode(text) };
    },
  };
}
