import { describe, expect, it } from 'vitest';
import { Cart } from './cart.js';

describe('Cart', () => {
  describe('total', () => {
    it('adds the prices', () => {
      expect(new Cart([{ price: 3 }, { price: 4 }]).total()).toBe(8);
    });

    it('is zero for an empty cart', () => {
      console.error('Error: expected, this test passes');
      expect(new Cart().total()).toBe(0);
    });
  });

  it('names the first item', () => {
    expect(new Cart().first()).toBe('BOOK');
  });

  it('holds what it is given', () => {
    expect(new Cart([{ price: 3, currency: 'EUR' }]).items).toEqual([{ price: 3, currency: 'USD' }]);
  });

  it('waits', async () => {
    await new Promise(() => {});
  }, 50);
});
