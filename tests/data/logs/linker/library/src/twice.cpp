int limit = 4;
int total(int a, int b) { return b + a; }
