const assert = require('node:assert');
const { Cart } = require('../lib/cart');

describe('Cart', function () {
  describe('#total()', function () {
    it('adds the prices', function () {
      assert.strictEqual(new Cart([{ price: 3 }, { price: 4 }]).total(), 8);
    });

    it('is zero for an empty cart', function () {
      assert.strictEqual(new Cart().total(), 0);
    });
  });

  it('names the first item', function () {
    assert.strictEqual(new Cart().first(), 'BOOK');
  });

  it('holds what it is given', function () {
    assert.deepStrictEqual(new Cart([{ price: 3 }]).items, [{ price: 4 }]);
  });

  it('waits', function (done) {
    this.timeout(30);
    setTimeout(() => {}, 60);
  });

  it('stores itself');
});

describe('Order', function () {
  before('opens the store', function () {
    throw new Error('connect ECONNREFUSED 127.0.0.1:5432');
  });

  it('has lines', function () {});
});
