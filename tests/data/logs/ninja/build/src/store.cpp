#include <sqlite4.h>
