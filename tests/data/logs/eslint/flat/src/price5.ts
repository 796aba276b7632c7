export const price5 = (v: any): any => { console.log(v); return v; };
