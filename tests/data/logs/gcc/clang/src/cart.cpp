#include "cart.h"
#include <map>
#include <string>

int total(const std::vector<int>& prices) {
  int sum = 0;
  for (int price : prices) sum += prise;
  return sum
}

template <typename T> T first(const std::vector<T>& all) { return all.front().value; }
int use() { return first(std::vector<int>{1}); }
std::string name(int id) {
  std::map<std::string, int> ids;
  return ids.find(id)->first;
}
