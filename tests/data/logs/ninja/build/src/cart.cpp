int total(int a) { return a + b; }
