// Exit statuses: part of the product's contract, the same for every verb.

export const exit = {
  fine: 0,
  findings: 1,
  changes: 2,
  usage: 3,
  environment: 4,
  bug: 70,
  interrupted: 130,
} as const;

export type ExitStatus = (typeof exit)[keyof typeof exit];

/** The table that stands in `segc --help`. */
export const exitTable = `Exit status:
  0    fine, or no changes
  1    findings of error level (warnings too with --fail-level warning)
  2    changes present (only with --exit-code)
  3    wrong usage or configuration
  4    a file or the environment failed
  70   a bug in segc
  130  interrupted`;
