// The naive meaning of a policy over everything that its statements can tell apart, as a list to compare.
import { nextDay } from "../../compiler/guard/dates.ts";
import { flowsOf, pairAt, pairsOf, spaceOf } from "../../compiler/guard/space.ts";
import { type Flow, intended, proposed, type World } from "../../compiler/semantics/semantics.ts";
import { everything } from "../generated/everything.ts";

/** One flow for everything that some rule can tell apart. */
export function everyFlow(world: World): readonly Flow[] {
  const space = spaceOf(world, { questions: [everything] });
  return [...pairsOf(space, everything)].flatMap((indexes) => [
    ...flowsOf(space, pairAt(space, indexes), [everything]),
  ]);
}

/** Today, and the days after those on which something ends. */
export const daysOf = ({ model, now }: World): readonly string[] => [
  now,
  ...model.rules.flatMap(({ meta: { until } }) =>
    until === undefined || until < now ? [] : [nextDay(until)],
  ),
];

/** What is allowed, and what would be with staged rules. */
export const meaningOf = (world: World, days: readonly string[], flows: readonly Flow[]) =>
  days.map((day) =>
    flows.map((flow) => {
      const then = { ...world, now: day };
      return `${intended(then, flow)} ${proposed(then, flow)}`;
    }),
  );
