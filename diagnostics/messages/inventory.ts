export const inventoryMessages = {} as const;
