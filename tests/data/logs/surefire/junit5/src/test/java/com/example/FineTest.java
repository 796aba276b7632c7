package com.example;

import org.junit.jupiter.api.Test;

class FineTest {
    @Test
    void passes() {}
}
