module Main where

import Control.Exception (evaluate)
import Test.Hspec

total :: [Int] -> Int
total prices = 2 * sum prices

main :: IO ()
main = hspec $ describe "Cart" $ do
  it "starts empty" $ total [] `shouldBe` 0
  describe "total" $
    it "sums prices" $ total [1, 2, 3] `shouldBe` 6
  it "has a first item" $ evaluate (head ([] :: [Int])) `shouldReturn` 1
