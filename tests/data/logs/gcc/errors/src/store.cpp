#include "sqlite4.h"
int store() { return 0; }
