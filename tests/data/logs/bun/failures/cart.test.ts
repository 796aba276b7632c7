import { describe, expect, test } from 'bun:test';
import { Cart } from './cart.js';

describe('Cart', () => {
  describe('total', () => {
    test('adds the prices', () => {
      expect(new Cart([{ price: 3 }, { price: 4 }]).total()).toBe(8);
    });

    test('is zero for an empty cart', () => {
      console.error('error: expected, this test passes');
      expect(new Cart().total()).toBe(0);
    });
  });

  test('names the first item', () => {
    expect(new Cart().first()).toBe('BOOK');
  });

  test('describes itself', () => {
    expect(new Cart([{ price: 3 }]).describe()).toEqual({ count: 1, total: 3, currency: 'USD' });
  });

  test('waits', async () => {
    await new Promise(() => {});
  }, 50);

  test.todo('stores itself');
});
