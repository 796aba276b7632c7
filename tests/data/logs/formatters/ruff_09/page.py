x = {  "a":1 }
import b
import a
