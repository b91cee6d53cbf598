// How far an enforcer must widen a service it cannot match exactly (language.md section 11,
// "Capabilities"). Each target's table names one of these; nothing else differs between targets.
import {
  intersectServices,
  isNoService,
  protocolInterval,
  protocols,
  type ServiceSet,
  serviceSet,
  unionServices,
} from "../sets/service-set.ts";

const everySctp = serviceSet([protocolInterval(protocols.sctp)]);

/** For enforcers that match every service as it is. */
export function matchesEveryService(service: ServiceSet): ServiceSet {
  return service;
}

/** For enforcers that know SCTP as protocol 132 only: one SCTP port stands for all of them. */
export function matchesNoSctpPorts(service: ServiceSet): ServiceSet {
  return isNoService(intersectServices(service, everySctp))
    ? service
    : unionServices(service, everySctp);
}
