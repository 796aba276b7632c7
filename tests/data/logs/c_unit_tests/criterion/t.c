#include <criterion/criterion.h>
Test(math, add) { cr_assert(1 + 1 == 3, "sum is off"); }
Test(math, ok) {}
Test(mem, crash) { *(volatile int*)0 = 1; }
