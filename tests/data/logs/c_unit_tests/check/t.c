#include <check.h>
#include <stdlib.h>
START_TEST(test_add) { ck_assert_int_eq(1+1, 3); } END_TEST
START_TEST(test_seg) { *(volatile int*)0 = 1; } END_TEST
START_TEST(test_ok) {} END_TEST
int main(void){ Suite*s=suite_create("Core"); TCase*t=tcase_create("c"); suite_add_tcase(s,t); tcase_add_test(t,test_add); tcase_add_test(t,test_seg); tcase_add_test(t,test_ok); SRunner*r=srunner_create(s); srunner_run_all(r,CK_NORMAL); int n=srunner_ntests_failed(r); return n?1:0; }
