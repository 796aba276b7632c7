import { price } from './price';

test('formats euros', () => {
  expect(price('100', 'EUR')).toBe('1 €');
});
