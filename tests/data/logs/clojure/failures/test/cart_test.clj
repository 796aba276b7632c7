(ns cart-test
  (:require [clojure.test :refer [deftest is testing run-tests]]))

(defn total [prices] (* 2 (reduce + prices)))
(defn discount [code] (.length ^String (get {} code)))

(deftest empty-cart
  (is (= 0 (total []))))

(deftest sums-prices
  (testing "three prices"
    (is (= 6 (total [1 2 3])) "the total is wrong")))

(deftest known-codes
  (is (= 6 (discount "SUMMER"))))

(let [{:keys [fail error]} (run-tests 'cart-test)]
  (System/exit (if (pos? (+ fail error)) 1 0)))
