export const authorityMessages = {} as const;
