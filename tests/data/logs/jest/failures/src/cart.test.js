const { Cart } = require('./cart');

describe('Cart', () => {
  describe('total', () => {
    it('adds the prices', () => {
      expect(new Cart([{ price: 3 }, { price: 4 }]).total()).toBe(8);
    });

    it('is zero for an empty cart', () => {
      console.error('Warning: the cart is empty');
      expect(new Cart().total()).toBe(0);
    });
  });

  it('names the first item', () => {
    expect(new Cart().first()).toBe('BOOK');
  });

  it('describes itself', () => {
    expect(new Cart([{ price: 3 }]).describe()).toEqual({ count: 1, total: 3, currency: 'USD' });
  });

  it('matches the snapshot', () => {
    expect(new Cart().describe()).toMatchSnapshot();
  });

  it.each([1, 2])('waits for item %i', async (n) => {
    if (n === 2) await new Promise(() => {});
  }, 100);
});
