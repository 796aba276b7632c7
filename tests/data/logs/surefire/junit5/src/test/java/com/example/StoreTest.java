package com.example;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class StoreTest {
    @BeforeAll
    static void open() {
        throw new IllegalStateException("no database", new RuntimeException("port 5432 is closed"));
    }

    @Test
    void saves() {}
}
