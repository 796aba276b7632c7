package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CartTest {
    @Test
    void emptyIsZero() {
        assertEquals(0, new Cart(List.of()).total());
    }

    @Test
    void countsEveryItem() {
        System.out.println("ERROR this line is printed by the test");
        assertEquals(7, new Cart(List.of(3, 4)).total(), "every price counts");
    }

    @Test
    void firstOfEmpty() {
        new Cart(List.of()).first();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void single(int price) {
        assertEquals(price, new Cart(List.of(price)).total());
    }

    @Nested
    class Discounts {
        @Test
        void rejectsNegative() {
            assertThrows(IllegalArgumentException.class, () -> new Cart(List.of(-1)).total());
        }
    }
}
