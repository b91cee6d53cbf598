// A service in pieces of one protocol each, for enforcers whose rules hold one protocol or all.
import { remembered } from "../plan/remembered.ts";
import type { Family } from "../sets/address.ts";
import {
  intersectServices,
  isNoService,
  isServiceSubset,
  protocolInterval,
  type ServiceSet,
  serviceSet,
  servicesOfFamily,
} from "../sets/service-set.ts";
import { serviceText } from "./partition.ts";

export interface ServicePiece {
  /** Equal for pieces that one rule can say for both families. */
  readonly key: string;
  /** Undefined: all protocols. */
  readonly protocol: number | undefined;
  readonly service: ServiceSet;
}

/** In the order of protocols; one piece for all where the service is all that the family has. */
export const servicePieces = (service: ServiceSet, family: Family): readonly ServicePiece[] =>
  piecesByFamily[family](service);

/** Whether it is all that the family has. */
export function holdsAll(service: ServiceSet, family: Family): boolean {
  // Protocol 0 is not in most.
  return service.intervals[0]?.first === 0 && isServiceSubset(servicesOfFamily(family), service);
}

/** The same where no rule is for all protocols. */
export const protocolPieces = (service: ServiceSet, family: Family): readonly ServicePiece[] =>
  protocolsByFamily[family](service);

const piecesByFamily = { 4: remembered(piecesIn(4, true)), 6: remembered(piecesIn(6, true)) };
const protocolsByFamily = { 4: remembered(piecesIn(4, false)), 6: remembered(piecesIn(6, false)) };

function piecesIn(family: Family, mayBeAll: boolean) {
  const all = servicesOfFamily(family);
  return (service: ServiceSet): readonly ServicePiece[] => {
    if (mayBeAll && holdsAll(service, family))
      return [{ key: "any", protocol: undefined, service: all }];
    const used = new Set<number>();
    for (const { first, last } of intersectServices(service, all).intervals) {
      for (let at = Math.floor(first / 65536); at <= Math.floor(last / 65536); at++) used.add(at);
    }
    return [...used].flatMap((protocol) => {
      const whole = serviceSet([protocolInterval(protocol)]);
      const piece = intersectServices(intersectServices(service, all), whole);
      return isNoService(piece) ? [] : [{ key: serviceText(piece), protocol, service: piece }];
    });
  };
}
