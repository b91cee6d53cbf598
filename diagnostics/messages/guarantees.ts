export const guaranteeMessages = {} as const;
