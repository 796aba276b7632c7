<?php
namespace Widgets;

final class Cart
{
    /** @param int[] $prices */
    public function total(array $prices): int
    {
        return 2 * array_sum($prices);
    }

    public function discount(string $code): float
    {
        throw new \DomainException("unknown code $code");
    }
}
