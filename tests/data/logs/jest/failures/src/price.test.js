test('prices are numbers', () => {
  console.error(new Error('expected: this one is printed by a passing test'));
  expect(Number('3')).toBe(3);
});
