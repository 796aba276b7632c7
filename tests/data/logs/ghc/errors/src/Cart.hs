{-# OPTIONS_GHC -Wall -Werror #-}
module Cart where

import Data.List (sort)

total :: [Int] -> Int
total prices = sum prices ++ "x"

discount :: String -> Double
discount code = lookupCode code
