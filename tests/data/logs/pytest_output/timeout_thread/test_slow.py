import time
def fetch():
    time.sleep(30)
def test_fast(): pass
def test_download():
    fetch()
