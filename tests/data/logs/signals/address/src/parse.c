#include <stdlib.h>
#include <string.h>

static char *copy(const char *text) {
    char *room = malloc(strlen(text));
    strcpy(room, text);
    return room;
}

int main(void) {
    char *room = copy("prices");
    free(room);
    return 0;
}
