int total(int, int);
struct Store { void save(int); virtual ~Store(); };
int main() { Store s; s.save(total(1, 2)); return 0; }
