// Calendar arithmetic on UTC dates as texts. No clock here: `now` is always an input.
import type { UtcDate } from "../model/types.ts";

const dayMs = 86_400_000;

/** The day after. */
export function nextDay(date: UtcDate): UtcDate {
  return new Date(Date.parse(date) + dayMs).toISOString().slice(0, 10);
}

/** Whole days from `first` to `last`; negative when `last` is earlier. */
export function daysBetween(first: UtcDate, last: UtcDate): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / dayMs);
}
