#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  int count = atoi(argv[argc - 1]);
  printf("reading %d prices\n", count);
  if (count) {
    fprintf(stderr, "totals.c:8: expected total 7, got 4\n");
    return 1;
  }
  return 0;
}
