package com.example;

import static org.junit.Assert.assertEquals;

import java.util.Arrays;
import java.util.Collections;
import org.junit.Test;

public class CartTest {
    @Test
    public void emptyIsZero() {
        assertEquals(0, Cart.total(Collections.emptyList()));
    }

    @Test
    public void countsEveryItem() {
        assertEquals("every price counts", 7, Cart.total(Arrays.asList(3, 4)));
    }

    @Test
    public void opensStore() {
        throw new IllegalStateException("no database", new RuntimeException("port 5432 is closed"));
    }
}
