import { tax } from './tax';

test('tax is a share of the price', () => {
  expect(tax(100)).toBe(19);
});
