git -c init.defaultBranch=main init -q .
git config user.name runner && git config user.email runner@example.com
echo one > cart.txt && git add cart.txt && git commit -qm one
git checkout -qb feature && echo two > cart.txt && git commit -qam two
git checkout -q main && echo three > cart.txt && git commit -qam three
git merge feature
