// Which groups of others interfaces of the inventory keep.

/** With `accepted`, the ids of groups whose excess somebody answers for. */
export type Foreign = "exclusive" | { readonly accepted: readonly string[] };

/** Which groups of others interfaces keep. */
export type Keeps = (group: string) => boolean;

export const keepsNone: Keeps = () => false;
export const keepsAll = (foreign: Foreign): Keeps => (foreign === "exclusive" ? keepsNone : all);
export const keepsAccepted = (foreign: Foreign): Keeps =>
  foreign === "exclusive" ? keepsNone : (group) => foreign.accepted.includes(group);
const all: Keeps = () => true;
