from sqlalchemyy import Session
