import { Cart } from './cart.js';

const unused = 1;
const cart = new Cart();
cart.remove('book');
cart.add({ name: 'pen', price: '3' });
