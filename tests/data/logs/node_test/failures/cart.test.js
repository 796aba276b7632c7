const assert = require('node:assert');
const { describe, it } = require('node:test');
const { Cart } = require('./cart');

describe('Cart', () => {
  describe('total', () => {
    it('adds the prices', () => {
      assert.strictEqual(new Cart([{ price: 3 }, { price: 4 }]).total(), 8);
    });

    it('is zero for an empty cart', () => {
      assert.strictEqual(new Cart().total(), 0);
    });
  });

  it('names the first item', () => {
    assert.strictEqual(new Cart().first(), 'BOOK');
  });

  it('describes itself', () => {
    assert.deepStrictEqual(new Cart([{ price: 3 }]).describe(), { count: 1, total: 3, currency: 'USD' });
  });

  it('waits', { timeout: 50 }, async () => {
    await new Promise((done) => setTimeout(done, 500));
  });
});
