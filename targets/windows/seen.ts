// A slice as the Windows Firewall sees it: of SCTP only the protocol (language.md section 11). Where the far
// end of a flow tells ports apart, this end lets through all of SCTP or none, as some port may pass or none.
import { withoutAll } from "../../compiler/plan/allow-only.ts";
import { remembered } from "../../compiler/plan/remembered.ts";
import type { DirectionSlice, EnforcerSlice, SliceEntry } from "../../compiler/plan/slice.ts";
import {
  equalServices,
  isNoService,
  protocolInterval,
  protocols,
  serviceSet,
  subtractServices,
} from "../../compiler/sets/service-set.ts";
import { windowsCapabilities } from "./capabilities.ts";

const { widen } = windowsCapabilities;
const sctp = serviceSet([protocolInterval(protocols.sctp)]);

/** One object for one slice, so that what is known of it is found again. */
export const seenByWindows = remembered((slice: EnforcerSlice): EnforcerSlice => {
  const directions = slice.directions.map(halfAsSeen);
  const isSame = directions.every((half, at) => half === slice.directions[at]);
  return isSame ? slice : { ...slice, directions };
});

const isExact = ({ service }: SliceEntry) => equalServices(widen(service), service);

function halfAsSeen(half: DirectionSlice): DirectionSlice {
  if ([...half.denies, ...half.allows].every(isExact)) return half;
  // Refused is only what is refused whatever the port is.
  const denies = half.denies.flatMap((deny): readonly SliceEntry[] => {
    const service = isExact(deny) ? deny.service : subtractServices(deny.service, sctp);
    return isNoService(service) ? [] : [{ ...deny, service }];
  });
  if (half.observed !== undefined) return { ...half, denies };
  const allows = half.allows
    .flatMap((allow) => withoutAll(allow, half.denies, "windows"))
    .map((allow) => ({ ...allow, service: widen(allow.service) }));
  return { ...half, denies: [], allows };
}
