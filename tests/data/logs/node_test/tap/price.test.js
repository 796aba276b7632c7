const assert = require('node:assert');
const { describe, it } = require('node:test');

describe('price', () => {
  it('is a number', () => {
    assert.ok(Number('3'));
  });

  it('is never negative', () => {
    assert.ok(Number('-3') > 0, 'a price of -3');
  });

  it('has two decimals', () => {
    assert.deepStrictEqual((3).toFixed(1), '3.00');
  });
});
