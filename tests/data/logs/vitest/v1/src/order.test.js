import { expect, test } from 'vitest';
import { Order } from './order.js';

test('an order has lines', () => {
  expect(new Order().lines).toHaveLength(0);
});
