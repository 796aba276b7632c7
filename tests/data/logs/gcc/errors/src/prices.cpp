#include "cart.h"
int prices(int unused) { return total(1); }
