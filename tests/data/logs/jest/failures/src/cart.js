class Cart {
  constructor(items = []) {
    this.items = items;
  }

  total() {
    return this.items.reduce((sum, item) => sum + item.price, 0);
  }

  first() {
    return this.items[0].name.toUpperCase();
  }

  describe() {
    return { count: this.items.length, total: this.total(), currency: 'EUR' };
  }
}

module.exports = { Cart };
