export function total(items: any[]): number {
  console.log(items);
  let sum = 0;
  for (const item of items) sum += item.price;
  return sum;
}

export function kind(n: number): string {
  if (n < 0) return 'negative';
  if (n === 0) return 'zero';
  if (n < 10) return 'few';
  return 'many';
}
