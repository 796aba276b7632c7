git -c init.defaultBranch=main init -q --bare origin.git
git clone -q origin.git a 2>/dev/null; git clone -q origin.git b 2>/dev/null
git -C a config user.name r; git -C a config user.email r@example.com; git -C b config user.name r; git -C b config user.email r@example.com
git -C a checkout -qb main; git -C a commit -q --allow-empty -m one; git -C a push -q origin main
git -C b checkout -qb main; git -C b commit -q --allow-empty -m two
git -C b push origin main
