#include <stdio.h>
int main(void) { fputs("reading prices\n", stderr); int *p = 0; return *p; }
