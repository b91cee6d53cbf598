export const typeMessages = {} as const;
