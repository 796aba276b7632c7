export const price2 = (v: any): any => { console.log(v); return v; };
