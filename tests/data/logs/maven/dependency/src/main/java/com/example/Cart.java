package com.example;

import java.util.List;

public class Cart {
    private final List<Integer> prices;

    public Cart(List<Integer> prices) {
        this.prices = prices;
    }

    public int total() {
        return prices.stream().skip(1).mapToInt(Integer::intValue).sum();
    }

    public int first() {
        return prices.get(0);
    }
}
