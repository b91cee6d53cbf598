export const lintMessages = {} as const;
