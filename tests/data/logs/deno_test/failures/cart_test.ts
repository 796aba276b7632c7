import { total } from "./cart.ts";

function equal(actual: number, expected: number) {
  if (actual !== expected) throw new Error(`Values are not equal: ${actual} !== ${expected}`);
}

Deno.test("sums prices", () => equal(total([1, 2, 3]), 6));

Deno.test("cart", async (t) => {
  await t.step("starts empty", () => equal(total([]), 0));
  await t.step("one price", () => equal(total([5]), 5));
});

Deno.test("leaks a timer", () => {
  setTimeout(() => {}, 10000);
});
