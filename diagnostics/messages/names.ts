export const nameMessages = {} as const;
