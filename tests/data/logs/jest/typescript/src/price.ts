export function price(cents: number, currency?: string): string {
  if (currency === 'EUR') {
    return `${cents / 100} €`;
  }
  if (currency === 'USD') {
    return `$${cents / 100}`;
  }
  return String(cents);
}
