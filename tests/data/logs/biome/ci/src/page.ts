import { total } from './cart';

const unused = 1;
export const x: any = total([]);
