import { expect, test } from 'bun:test';
import { Order } from './order';

test('an order has lines', () => {
  expect(new Order().lines).toHaveLength(0);
});
