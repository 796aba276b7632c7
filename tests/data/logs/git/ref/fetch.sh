git -c init.defaultBranch=main init -q origin
git -C origin -c user.name=r -c user.email=r@example.com commit -q --allow-empty -m one
git clone -q origin work
git -C work fetch --depth=1 origin no-such-branch
