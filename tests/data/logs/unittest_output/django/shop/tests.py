from django.test import SimpleTestCase, TestCase
from django.urls import reverse


class HomeTests(SimpleTestCase):
    def test_home(self):
        self.assertContains(self.client.get("/"), "Welcome")

    def test_missing(self):
        self.assertEqual(self.client.get("/cart").status_code, 200)

    def test_reverse(self):
        reverse("cart")


class StoreTests(TestCase):
    def test_query_count(self):
        with self.assertNumQueries(1):
            pass
