export const price4 = (v: any): any => { console.log(v); return v; };
