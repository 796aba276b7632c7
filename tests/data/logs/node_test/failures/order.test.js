const { test } = require('node:test');
const { Order } = require('./order');

test('an order has lines', (t) => {
  t.assert.equal(new Order().lines.length, 0);
});
