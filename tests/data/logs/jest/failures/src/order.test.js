const { Order } = require('./order');

test('an order has lines', () => {
  expect(new Order().lines).toHaveLength(0);
});
