#include <shop/missing.h>
int main(void) { return 0; }
