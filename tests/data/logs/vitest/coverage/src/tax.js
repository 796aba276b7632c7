export function tax(net) {
  return net * 0.19;
}

export function refund(gross) {
  return gross / 1.19;
}
