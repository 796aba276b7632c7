int fine(int a) { int c; return a; }
