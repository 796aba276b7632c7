import { expect, test } from '@playwright/test';

let runs = 0;

test.describe('cart', () => {
  test('adds the prices', async () => {
    await test.step('add two items', async () => {
      expect([3, 4].reduce((a, b) => a + b, 0)).toBe(8);
    });
  });

  test('is empty at first', async () => {
    expect([]).toHaveLength(0);
  });

  test('reads the stock', async ({ request }) => {
    await request.get('http://127.0.0.1:9/stock');
  });

  test('waits for the invoice', async () => {
    await new Promise(() => {});
  });

  test('is shown sooner or later', async () => {
    runs += 1;
    expect(process.env.TEST_WORKER_INDEX).not.toBe('0');
    expect(test.info().retry).toBeGreaterThan(0);
  });
});
