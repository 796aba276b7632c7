#pragma once
#include <vector>
int total(const std::vector<int>& prices);
inline bool big(unsigned count) { int limit = 3; return count > limit; }
