#include <stdio.h>
#include <stdlib.h>
int main(int c,char**v){if(c>1){abort();} fprintf(stderr,"beta: expected 4 got 5\n");return 1;}
