// What the Windows Firewall sees and says (platforms.md C.1 to C.3 and C.5): executable path,
// service and user in both directions, signed publishers and hashes through application-control
// tags. SCTP is protocol 132 without ports.
import type { Capabilities } from "../../compiler/plan/target.ts";
import { matchesNoSctpPorts } from "../../compiler/plan/widen.ts";

const fields = {
  path: "yes",
  service: "yes",
  user: "yes",
  sha256: "app-tags",
  signer: "app-tags",
} as const;

export const windowsCapabilities: Capabilities = {
  kind: "windows-firewall",
  sees: { egress: fields, ingress: fields },
  widen: matchesNoSctpPorts,
  deny: true,
  // The drop log belongs to the profile: a rule of its own cannot log (SEG513).
  log: false,
  nativeExpiry: false,
  dropsEstablished: false,
  doubts: [
    {
      // Reported for these: MicrosoftDocs/windows-itpro-docs#8093 (BITS, CryptSvc), henrypp/simplewall#206
      // and #1262 (wuauserv, DoSvc, UsoSvc).
      direction: "egress",
      field: "service",
      values: new Set(["bits", "cryptsvc", "dosvc", "usosvc", "wuauserv"]),
      reason: "it shares its host process or connects in the name of another",
    },
  ],
  unfiltered: [],
};
