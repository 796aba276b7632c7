export const price1 = (v: any): any => { console.log(v); return v; };
