// Which texts load at all: mutants of hand-written artefacts, read here and by the real tools.
import { afterAll, beforeAll, expect, test } from "vitest";
import { readArtefact } from "../interpreter/artefact.ts";
import { LoadFault } from "../interpreter/fault.ts";
import { mutantsOf } from "../interpreter/mutate.ts";
import { iptablesSample, nftSample } from "../interpreter/samples.ts";
import { describeKernel } from "./here.ts";
import { Lab } from "./lab.ts";

/** All there are: fewer of a sample this small. */
const mutants = process.env.SEGC_FULL === "1" ? 1000 : 60;

/** Run in the folder of one artefact; fails where a text does not load. */
const loaders = {
  nftables: "nft -c -f nft",
  iptables: `iptables -F; iptables -X; ip6tables -F; ip6tables -X
ipset flush; for i in 1 2 3 4 5 6 7 8 9; do ipset destroy 2>/dev/null && break; sleep 0.1; done
ipset restore <ipset && iptables-restore <v4 && ip6tables-restore <v6`,
};

describeKernel("what loads", { needs: "namespaces" }, () => {
  let lab: Lab | undefined;
  beforeAll(async () => {
    lab = await Lab.start([{ name: "a", addresses: ["10.0.0.1"] }]);
  });
  afterAll(() => lab?.close());

  test.each([nftSample, iptablesSample])("$format", async (sample) => {
    if (lab === undefined) throw new Error("no lab");
    let loaded = 0;
    const judged = mutantsOf(sample, 11, mutants);
    expect(judged.length).toBeGreaterThanOrEqual(60);
    for (const { kind, line, artefact } of judged) {
      const files = Object.entries(artefact.texts).map(([path, text]) => ({ path, text }));
      const folder = lab.install("a", files);
      const script = `cd '${folder}' && if (${loaders[artefact.format]}); then echo loads; fi 2>&1`;
      const said = await lab.shell("a", script);
      const read = faultOf(() => readArtefact(artefact));
      expect([kind, line, said.endsWith("loads\n"), said, read]).toEqual([
        kind,
        line,
        read === undefined,
        said,
        read,
      ]);
      if (read === undefined) loaded += 1;
    }
    expect(loaded).toBeGreaterThan(judged.length / 2);
  });
});

function faultOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (fault) {
    if (fault instanceof LoadFault) return fault.message;
    throw fault;
  }
}
