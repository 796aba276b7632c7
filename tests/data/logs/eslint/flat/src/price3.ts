export const price3 = (v: any): any => { console.log(v); return v; };
