package com.example;

import com.example.prices.Price;
import java.util.List;

public class Cart {
    public int total(List<Integer> prices) {
        int sum = 0;
        for (String price : prices) {
            sum += price;
        }
        return add(sum, 1);
    }

    int add(int a) {
        return a;
    }
}
