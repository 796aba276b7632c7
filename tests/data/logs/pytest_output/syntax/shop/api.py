from shop.db import Session
