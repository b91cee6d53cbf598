// Services in the words of a policy: `any-service`, what is left out of it, or the name that a policy gives
// to exactly these. Only what packets of the families in question can carry counts.
import type { Model } from "../model/types.ts";
import type { Family } from "../sets/address.ts";
import {
  anyService,
  equalServices,
  intersectServices,
  isNoService,
  type ServiceSet,
  servicesOfFamily,
  subtractServices,
  unionServices,
} from "../sets/service-set.ts";
import { formatServices } from "../sets/service-text.ts";

/** More items than these are counted. */
const itemsMax = 6;

export function serviceWords(
  model: Pick<Model, "services">,
  set: ServiceSet,
  families: Iterable<Family>,
): string {
  const carried = [...families].map(servicesOfFamily).reduce((a, b) => unionServices(a, b));
  const own = (service: ServiceSet) => intersectServices(service, carried);
  if (equalServices(own(anyService), own(set))) return "any-service";
  const text = listed(set);
  const named = model.services.find(({ service }) => equalServices(own(service), own(set)));
  if (named !== undefined) {
    const name = named.qualified.slice(named.qualified.lastIndexOf(".") + 1);
    return `${name} (${text})`;
  }
  const rest = subtractServices(own(anyService), set);
  const isShort = rest.intervals.length < set.intervals.length && rest.intervals.length <= itemsMax;
  return isShort && !isNoService(rest) ? `any-service except ${listed(rest)}` : text;
}

/** Both echo requests are one word; a long list is cut. */
function listed(set: ServiceSet): string {
  const echo = ["icmp4/8", "icmp6/128"];
  const items = formatServices(set)
    .replace(/^\{ | \}$/g, "")
    .split(", ");
  const words = echo.every((one) => items.includes(one))
    ? [...items.filter((one) => !echo.includes(one)), "icmp/echo"]
    : items;
  const [only] = words;
  if (words.length === 1 && only !== undefined) return only;
  const shown = words.slice(0, itemsMax).join(", ");
  return words.length > itemsMax
    ? `{ ${shown} and ${words.length - itemsMax} more }`
    : `{ ${shown} }`;
}
