export const enforcementMessages = {} as const;
