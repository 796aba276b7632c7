import { expect, test } from 'vitest';
import { tax } from './tax.js';

test('tax is a share of the price', () => {
  expect(tax(100)).toBe(19);
});
