export const tax = (net: number): number => (net > 0 ? net * 0.19 : 0);
