int main(){ int a[3]; a[5]=1; char*p=0; return *p; }
